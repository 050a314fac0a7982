internal import VarveEvents

/// A value with a name.
public struct NamedValue: Hashable, Sendable {
    public var name: String
    public var value: ViewValue

    public init(_ name: String, _ value: ViewValue) {
        self.name = name
        self.value = value
    }
}
