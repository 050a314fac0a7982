/// Every limit on what comes from outside, each with its reason. Limits on events themselves are in `EventLimits`.
public enum WireLimits {
    /// Bytes of one line or CSV record: bounds the memory that an input without newlines takes. What is longer is skipped to the
    /// next newline and is one refused record.
    public static let lineBytes = 16 << 20
    /// Last bytes that are kept of a longer one, besides its first.
    static let tailBytes = 64 << 10
    /// First bytes of an input from which its format is told.
    static let sampleBytes = 64 << 10
    /// Levels of objects and arrays in one JSON event, the event itself counted.
    public static let jsonDepth = 32
    /// Attributes of one event: every one may be a new column, and a batch holds so many besides the envelope.
    public static let attributesPerEvent = 4_091
    /// Bytes that the events of one record (a line that is many events) may take before they are columns.
    public static let recordBytes = 64 << 20
    /// Bytes of a document that is read as a whole, unpacked: what other products' receivers take of one request.
    public static let documentBytes = 64 << 20
    /// First bytes that are kept of a document that is refused as a whole.
    static let documentHeadBytes = 1 << 20
    /// Levels of objects and arrays in a JSON document: OTLP has 12 around an attribute's value, and four for each level in it.
    static let documentDepth = 64
    /// Values that the events of a document may have besides two for each of its bytes: a resource that stands once is that of
    /// many events.
    static let documentValues = 1 << 20
    /// Columns of a CSV file.
    public static let csvColumns = 4_096
    /// Refused bytes that one block holds before it is handed over.
    static let rejectedBytesPerBlock = 16 << 20
    /// Refused records that one block holds before it is handed over.
    static let rejectionsPerBlock = 4_096
    /// How much JSON is parsed in one call. Large enough that the call costs nothing, small enough that text, tape and strings
    /// stay in the L2 cache.
    static let bulkBytes = 128 << 10
    /// How much is read from a file at a time.
    static let readBytes = 256 << 10
    /// Distinct unknown names that are counted one by one; the others are counted together.
    static let notedNames = 64
}
