/// One entry of a `topK` measure.
public struct TopEntry: Hashable, Sendable {
    public var value: ViewValue
    public var count: Int64

    public init(value: ViewValue, count: Int64) {
        self.value = value
        self.count = count
    }
}
