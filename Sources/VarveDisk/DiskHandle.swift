/// An open file of a `Disk`.
public struct DiskHandle: Hashable, Sendable {
    /// The file descriptor, or whatever number the disk gave it.
    public var number: Int32
    public var path: String

    public init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }
}
