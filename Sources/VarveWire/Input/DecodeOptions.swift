internal import Foundation
public import VarveEvents

/// How to decode an input.
public struct DecodeOptions: Sendable {
    public var format: InputFormat
    /// The current time, until `InputDecoder.set(now:)`: event times more than one day later are refused.
    public var now: Timestamp
    /// The unit of NDJSON times that are integers.
    public var timeFormat: TimeFormat
    /// The zone of times without one; nil refuses them.
    public var zone: TimeZoneRule?
    /// The signal of NDJSON events without one; nil refuses them.
    public var defaultSignal: String?
    /// For import: preserves the append time in `observed`, which is then required.
    public var keepsObserved: Bool
    /// The mapping of fields; required for `csv`. Without it NDJSON is read in our own format, and other formats use their
    /// preset.
    public var mapping: FieldMapping?
    /// The path of the input, from which a mapping may take values.
    public var path = ""
    /// For `log_format`: the line format.
    public var lineFormat = ""
    /// The input's encoding if it is not UTF-8; the mapping may also declare it.
    public var encoding: TextEncoding?
    /// The mapping of a system's own records; required for `records`.
    public var records: RecordMapping?
    /// The encoding of a document; nil detects it from the first byte.
    public var encodingOfDocument: DocumentEncoding?
    /// The latest points of cumulative series, for formats that have them; nil knows only the points of the document.
    public var cumulative: CumulativeSeries?
    /// Labels added to every sample of Prometheus' formats, replacing its own labels of the same names.
    public var labels: [MetricLabel] = []
    /// For `elasticsearch_bulk`: the index of documents whose line names none.
    public var index = ""
    /// For `influx`: the unit of its times.
    public var timeUnit = TimeUnit.nanoseconds
    /// For `syslog`: whether a message without a time that can be read is taken, at the current time and with all of its text.
    public var takesAnySyslog = false
    /// Whether blocks keep the original bytes of every record, for callers that may refuse events later.
    public var keepsRecords = false

    /// Whether the source of the input is to cut JSON into lines. Text in another encoding is cut by the decoder.
    public var cutsJSON: Bool { format.isJSONLines && (encoding ?? mapping?.layout.encoding ?? .utf8) == .utf8 }

    /// The options for a format detected by `auto`. A given mapping applies only if the format supports one.
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
