/// What a sequential projection counts beside its entries.
public struct SequentialTally: Hashable, Sendable {
    /// The append time from which on finished entries are looked for again.
    var nextSweep: Int64 = .min
    /// Events of keys beyond the limit.
    public internal(set) var leftOut: Int64 = 0
    /// Entries that were finished for long and are gone.
    public internal(set) var swept: Int64 = 0
    /// Poisoned events that were parked.
    public internal(set) var parked: Int64 = 0

    public init() {}
}
