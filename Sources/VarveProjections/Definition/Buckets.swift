/// The bucket levels of a view, if it does not have all of them.
public struct Buckets: Sendable {
    let levels: Set<BucketLevel>

    public init(_ levels: BucketLevel...) {
        self.levels = Set(levels)
    }
}
