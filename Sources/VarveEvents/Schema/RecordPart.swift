/// A member of a record that is an event.
public struct RecordPart: Hashable, Sendable {
    public var name: String
    public var signal: String
    /// What it is called when the member is a bare value and no object.
    public var bare: String

    public init(_ name: String, _ signal: String, bare: String) {
        self.name = name
        self.signal = signal
        self.bare = bare
    }
}
