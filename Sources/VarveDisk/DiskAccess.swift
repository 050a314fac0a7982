/// How a file is opened.
public enum DiskAccess: Sendable {
    case read
    case readWrite
}
