/// How much a sequential projection may hold.
public struct SequentialLimits: Hashable, Sendable {
    /// Entries at most. Events of new keys beyond are counted and left out until entries go.
    public var entries: Int
    /// How long a finished entry stays, in nanoseconds until the append time of the event at hand. Open ones never go.
    public var keepsFinished: Int64
    /// Whether that counts from when the entry began, by its events' own time, and not from when its last event was appended.
    public var countsFromBeginning: Bool

    public init(
        entries: Int = 200_000, keepsFinished: Int64 = 30 * 86_400 * 1_000_000_000, countsFromBeginning: Bool = false
    ) {
        self.entries = entries
        self.keepsFinished = keepsFinished
        self.countsFromBeginning = countsFromBeginning
    }
}
