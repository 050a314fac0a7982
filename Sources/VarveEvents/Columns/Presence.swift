/// Which rows have a value.
public enum Presence: Hashable, Sendable {
    /// Every row.
    case all
    /// Every row of the groups whose bit is set, and no other.
    case groups(Bitmap)
    /// The rows whose bit at their position in group order is set.
    case positions(Bitmap)
}
