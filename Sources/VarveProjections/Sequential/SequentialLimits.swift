/// How much a sequential projection may hold.
public struct SequentialLimits: Hashable, Sendable {
    /// Entries at most. Events of new keys beyond are counted and left out until entries go.
    public var entries: Int
    /// How long a finished entry stays, in nanoseconds of append time. Open ones never go.
    public var keepsFinished: Int64

    public init(entries: Int = 200_000, keepsFinished: Int64 = 30 * 86_400 * 1_000_000_000) {
        self.entries = entries
        self.keepsFinished = keepsFinished
    }
}
