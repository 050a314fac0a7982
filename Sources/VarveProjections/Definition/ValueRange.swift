/// One range of `DimensionTransform.ranges`.
public struct ValueRange: Hashable, Sendable {
    public var name: String
    /// The first value above the range; nil for the last range.
    public var below: Double?

    public init(_ name: String, below: Double?) {
        self.name = name
        self.below = below
    }
}
