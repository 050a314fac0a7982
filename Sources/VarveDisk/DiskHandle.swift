/// An open file of a `Disk`.
public struct DiskHandle: Hashable, Sendable {
    /// The file descriptor, or another number assigned by the disk.
    public var number: Int32
    public var path: String

    public init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }
}
