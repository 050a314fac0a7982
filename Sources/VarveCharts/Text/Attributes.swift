/// Attributes of an element, in their order. Names are literals; one without a value is left out, one with an empty value stands
/// alone: `["hidden": ""]`.
public struct Attributes: ExpressibleByDictionaryLiteral, Sendable {
    var items: [(name: StaticString, value: String?)]

    public init(dictionaryLiteral elements: (StaticString, String?)...) {
        items = elements.map { (name: $0.0, value: $0.1) }
    }

    /// These and further ones.
    public func adding(_ other: Attributes) -> Attributes {
        var all = self
        all.items += other.items
        return all
    }
}
