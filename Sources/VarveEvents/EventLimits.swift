/// All limits on events and batches, each with its reason.
public enum EventLimits {
    /// Rows of one batch, and so of one frame: row numbers and positions fit 16 bits, and the columns of a batch fit the L2
    /// cache.
    public static let rowsPerBatch = 65_536
    /// Raw bytes of one batch. Bounds the memory of a decoder, whatever the events contain.
    public static let bytesPerBatch = 16 << 20
    /// Columns of one batch. A stream that invents attribute names ends its batch early instead of growing it.
    public static let columnsPerBatch = 4_096
    /// Bytes of one string value. Longer ones are refused, never truncated.
    public static let stringBytes = 65_536
    /// Bytes of an event id.
    public static let idBytes = 256
    /// Bytes of a signal, tenant or attribute name.
    public static let nameBytes = 256
    /// Attributes of one event.
    public static let attributesPerEvent = 4_096
    /// The earliest event time accepted: 1990-01-01. An earlier one has a wrong unit or comes from a clock that was never set.
    public static let earliestTime = Timestamp(nanoseconds: 631_152_000_000_000_000)
    /// How far ahead of the writer's clock an event time may be: one day, to allow for wrong clocks and time zones.
    public static let futureNanoseconds: Int64 = 86_400_000_000_000
    /// How far ahead of the writer's clock an append time may be; a clock that is corrected goes back by less. A time further
    /// ahead comes from a wrong clock: the writer does not carry it forward, and refuses batches that bring one.
    public static let clockToleranceNanoseconds: Int64 = 3_600_000_000_000
}
