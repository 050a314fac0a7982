/// What a directory entry is.
public enum DiskEntryKind: Sendable {
    case file
    case directory
    case symbolicLink
    case other
}
