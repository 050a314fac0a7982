internal import VarveEvents

/// `dimension = text`: the value's text as it is shown; nil for an absent value.
public struct DimensionFilter: Hashable, Sendable {
    public var dimension: String
    public var text: String?

    public init(_ dimension: String, _ text: String?) {
        self.dimension = dimension
        self.text = text
    }
}
