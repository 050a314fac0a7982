/// All limits on outside input, with reasons. Limits on events are in `EventLimits`.
public enum WireLimits {
    /// The maximum size of a line or CSV record: bounds the memory for an input without newlines. A longer one is skipped to
    /// the next newline and is one refused record.
    public static let lineBytes = 16 << 20
    /// The number of last bytes kept of a longer record, besides its first.
    static let tailBytes = 64 << 10
    /// The number of bytes from which the format is detected.
    static let sampleBytes = 64 << 10
    /// The maximum nesting of objects and arrays in one JSON event, including the event.
    public static let jsonDepth = 32
    /// The maximum number of attributes of one event: each may be a new column, and a batch has this many besides the envelope.
    public static let attributesPerEvent = 4_091
    /// The maximum size of all events of one record (a line with many events) before they are in columns.
    public static let recordBytes = 64 << 20
    /// The maximum size of a document, which is read as a whole, uncompressed: the limit of other products' receivers for one
    /// request.
    public static let documentBytes = 64 << 20
    /// The number of first bytes that are kept of a document that is refused as a whole.
    static let documentHeadBytes = 1 << 20
    /// The maximum nesting of objects and arrays in a JSON document: OTLP has 12 around an attribute's value, and four for each
    /// level in it.
    static let documentDepth = 64
    /// The maximum number of values of a document's events, in addition to two per byte of the document: many events share one
    /// resource.
    static let documentValues = 1 << 20
    /// The maximum number of columns of a CSV file.
    public static let csvColumns = 4_096
    /// The number of refused bytes at which a block is completed.
    static let rejectedBytesPerBlock = 16 << 20
    /// The number of refused records at which a block is completed.
    static let rejectionsPerBlock = 4_096
    /// The amount of JSON parsed in one call: large enough to amortise the call, small enough that text, tape and strings stay
    /// in the L2 cache.
    static let bulkBytes = 128 << 10
    /// The size of a read from a file.
    static let readBytes = 256 << 10
    /// The number of distinct unknown names that are counted individually; the others are counted together.
    static let notedNames = 64
}
