/// The counters of a sequential projection.
public struct SequentialTally: Hashable, Sendable {
    /// The append time of the next sweep for finished entries.
    var nextSweep: Int64 = .min
    /// Events of keys beyond the limit.
    public internal(set) var leftOut: Int64 = 0
    /// Finished entries that have been removed.
    public internal(set) var swept: Int64 = 0
    /// Poisoned events that were parked.
    public internal(set) var parked: Int64 = 0

    public init() {}
}
