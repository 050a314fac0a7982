/// Which rows have a value.
public enum Presence: Hashable, Sendable {
    /// Every row.
    case all
    /// Every row of the groups whose bit is set, no other.
    case groups(Bitmap)
    /// The rows whose position (in group order) has its bit set.
    case positions(Bitmap)
}
