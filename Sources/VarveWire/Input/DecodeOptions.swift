internal import Foundation
public import VarveEvents

/// How an input is to be read.
public struct DecodeOptions: Sendable {
    public var format: InputFormat
    /// The moment against which event times are judged, until `InputDecoder.set(now:)`: later than one day after it is refused.
    public var now: Timestamp
    /// How NDJSON times are written, where they are integers.
    public var timeFormat: TimeFormat
    /// Import: the append time in `observed` is kept, and must be there.
    public var keepsObserved: Bool
    /// What CSV columns become; needed for `csv`.
    public var mapping: CSVMapping?
    /// How a system's own records become events; needed for `records`.
    public var records: RecordMapping?
    /// Whether blocks keep the bytes of every record, for whoever may refuse events later on.
    public var keepsRecords = false

    public init(
        _ format: InputFormat, now: Timestamp, timeFormat: TimeFormat = .milliseconds, keepsObserved: Bool = false,
        mapping: CSVMapping? = nil, records: RecordMapping? = nil
    ) {
        self.format = format
        self.now = now
        self.timeFormat = timeFormat
        self.keepsObserved = keepsObserved
        self.mapping = mapping
        self.records = records
    }
}
