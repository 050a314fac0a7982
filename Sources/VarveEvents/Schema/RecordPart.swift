/// A member of a record that becomes an event of its own.
public struct RecordPart: Hashable, Sendable {
    public var name: String
    public var signal: String
    /// The attribute name for the value when the member is a bare value instead of an object.
    public var bare: String

    public init(_ name: String, _ signal: String, bare: String) {
        self.name = name
        self.signal = signal
        self.bare = bare
    }
}
