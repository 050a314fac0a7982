internal import Foundation
public import VarveEvents

/// How an input is to be read.
public struct DecodeOptions: Sendable {
    public var format: InputFormat
    /// The moment against which event times are judged, until `InputDecoder.set(now:)`: later than one day after it is refused.
    public var now: Timestamp
    /// How NDJSON times are written, where they are integers.
    public var timeFormat: TimeFormat
    /// The zone of times that are written without one; nil refuses them.
    public var zone: TimeZoneRule?
    /// The signal of NDJSON events that name none; nil refuses them.
    public var defaultSignal: String?
    /// Import: the append time in `observed` is kept, and must be there.
    public var keepsObserved: Bool
    /// What the fields of records become; needed for `csv`. NDJSON is read as our own form without one, other formats by their
    /// preset.
    public var mapping: FieldMapping?
    /// The path of the input, from which a mapping may take values.
    public var path = ""
    /// For `log_format`: the format of the lines.
    public var lineFormat = ""
    /// The input's encoding where it is not UTF-8; the mapping may say it too.
    public var encoding: TextEncoding?
    /// How a system's own records become events; needed for `records`.
    public var records: RecordMapping?
    /// How a document is written; nil tells it from its first byte.
    public var encodingOfDocument: DocumentEncoding?
    /// The latest points of cumulative series, for formats that have such; nil knows only those of the document.
    public var cumulative: CumulativeSeries?
    /// Labels of every sample of Prometheus' formats, in place of its own of those names.
    public var labels: [MetricLabel] = []
    /// For `elasticsearch_bulk`: the index of documents whose line names none.
    public var index = ""
    /// For `influx`: the unit of its times.
    public var timeUnit = TimeUnit.nanoseconds
    /// Whether blocks keep the bytes of every record, for whoever may refuse events later on.
    public var keepsRecords = false

    /// The same for a format that was told from the input. A mapping that was given counts only for formats that take one.
    func resolved(_ format: InputFormat) -> DecodeOptions {
        var options = self
        options.format = format
        if !format.takesMapping || self.format == .auto && format != .csv { options.mapping = nil }
        return options
    }

    public init(
        _ format: InputFormat, now: Timestamp, timeFormat: TimeFormat = .milliseconds, keepsObserved: Bool = false,
        mapping: FieldMapping? = nil, records: RecordMapping? = nil
    ) {
        self.format = format
        self.now = now
        self.timeFormat = timeFormat
        self.keepsObserved = keepsObserved
        self.mapping = mapping
        self.records = records
    }
}
