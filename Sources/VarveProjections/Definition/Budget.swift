/// The cardinality budget of a view whose budget is not the default.
public struct Budget: Sendable {
    let keys: Int

    public init(_ keys: Int) {
        self.keys = keys
    }
}
