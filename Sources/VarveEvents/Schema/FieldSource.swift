/// A name under which a source has a field.
public struct FieldSource: Hashable, Sendable, ExpressibleByStringLiteral {
    public var name: String
    /// What the source's number is multiplied by to be ours: 0.01 where it has percent and we fractions.
    public var factor: Double

    public init(_ name: String, times factor: Double = 1) {
        self.name = name
        self.factor = factor
    }

    /// The same number under another name.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}
