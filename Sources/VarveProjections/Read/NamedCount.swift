/// A count with a name.
public struct NamedCount: Hashable, Sendable {
    public var name: String
    public var count: Int64

    public init(_ name: String, _ count: Int64) {
        self.name = name
        self.count = count
    }
}
