/// Every limit on events and batches, each with its reason.
public enum EventLimits {
    /// Rows of one batch, and so of one frame: row and position fit 16 bits, and the columns of one batch fit the L2 cache.
    public static let rowsPerBatch = 65_536
    /// Raw bytes of one batch: bounds the memory of a decoder, whatever the events hold.
    public static let bytesPerBatch = 16 << 20
    /// Columns of one batch: an event stream that invents attribute names closes its batch instead of growing it.
    public static let columnsPerBatch = 4_096
    /// Bytes of one string value. Longer ones are refused, never cut.
    public static let stringBytes = 65_536
    /// Bytes of an event id.
    public static let idBytes = 256
    /// Bytes of a signal, tenant or attribute name.
    public static let nameBytes = 256
    /// Attributes of one event.
    public static let attributesPerEvent = 4_096
    /// Earliest event time accepted: 1990-01-01. What is older is a wrong unit or a clock that was never set.
    public static let earliestTime = Timestamp(nanoseconds: 631_152_000_000_000_000)
    /// How far ahead of the writer's clock an event time may be: one day, for clocks and zones set wrongly.
    public static let futureNanoseconds: Int64 = 86_400_000_000_000
    /// How far ahead of the writer's clock an append time may be: a clock that is put right goes back by less. One that is
    /// further ahead is of a clock that was wrong: it is not held on to, and not taken from outside.
    public static let clockToleranceNanoseconds: Int64 = 3_600_000_000_000
}
