/// The cardinality budget of a view, if it is not the default.
public struct Budget: Sendable {
    let keys: Int

    public init(_ keys: Int) {
        self.keys = keys
    }
}
