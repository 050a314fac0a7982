/// The limits of a sequential projection.
public struct SequentialLimits: Hashable, Sendable {
    /// The maximum number of entries. Events of further keys are counted and left out until entries are removed.
    public var entries: Int
    /// How long a finished entry is kept, in nanoseconds of append time. Open entries are never removed.
    public var keepsFinished: Int64
    /// Whether that time counts from the beginning of the entry, by event time, instead of from the append time of its last
    /// event.
    public var countsFromBeginning: Bool

    public init(
        entries: Int = 200_000, keepsFinished: Int64 = 30 * 86_400 * 1_000_000_000, countsFromBeginning: Bool = false
    ) {
        self.entries = entries
        self.keepsFinished = keepsFinished
        self.countsFromBeginning = countsFromBeginning
    }
}
