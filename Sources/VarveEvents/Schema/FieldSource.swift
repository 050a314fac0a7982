/// The name of a field in a source.
public struct FieldSource: Hashable, Sendable, ExpressibleByStringLiteral {
    public var name: String
    /// The factor that converts the source's number to ours: 0.01 if the source has percent and we store fractions.
    public var factor: Double

    public init(_ name: String, times factor: Double = 1) {
        self.name = name
        self.factor = factor
    }

    /// Another name for the field in the same unit.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}
