internal import VarveEvents
internal import VarveSettings

/// The decoder of one format.
enum FormatDecoder: ~Copyable {
    case ndjson(NDJSONDecoder)
    case accessLog(AccessLogDecoder)
    case csv(CSVDecoder)
    case records(RecordDecoder)
    case lines(LineDecoder)
    case document(DocumentDecoder)

    /// `options.format` must not be `auto`.
    init(_ options: DecodeOptions) {
        let clock = EventClock(format: options.timeFormat, now: options.now, zone: options.zone)
        switch options.format {
        case .combined: self = .accessLog(AccessLogDecoder(.combined, clock: clock))
        case .common: self = .accessLog(AccessLogDecoder(.common, clock: clock))
        case .vhostCombined: self = .accessLog(AccessLogDecoder(.vhostCombined, clock: clock))
        case .nginxMain: self = .accessLog(AccessLogDecoder(.nginxMain, clock: clock))
        case .csv:
            guard let mapping = options.mapping else { preconditionFailure("CSV is read with a mapping; there is none") }
            self = .csv(CSVDecoder(mapping, options))
        case .records:
            guard let records = options.records else { preconditionFailure("records are read with a mapping; there is none") }
            self = .records(RecordDecoder(records, clock: clock))
        case _ where options.format.isDocument: self = .document(DocumentDecoder(options))
        default:
            if let mapping = options.mapping ?? FieldPreset.mappings[options.format] {
                self = .lines(LineDecoder(Self.reader(options), mapping.rules(for: options.path), options))
            } else {
                self = .ndjson(
                    NDJSONDecoder(clock: clock, keepsObserved: options.keepsObserved, defaultSignal: options.defaultSignal))
            }
        }
    }

    private static func reader(_ options: DecodeOptions) -> any FieldReader {
        switch options.format {
        case .logfmt: return LogfmtReader()
        case .syslog: return SyslogReader(anyAt: options.takesAnySyslog ? RFC3339.text(options.now) : nil)
        case .cri: return CRIReader()
        case .w3c: return W3CReader()
        case .zeek: return ZeekReader()
        case .logFormat:
            guard let reader = try? LogFormatReader(options.lineFormat) else {
                preconditionFailure("the format \"\(options.lineFormat)\" was not checked")
            }
            return reader
        case .journald: return JSONFieldReader(takesByteLists: true)
        default: return JSONFieldReader()
        }
    }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        let used: Int
        switch consume self {
        case .ndjson(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .ndjson(decoder)
        case .accessLog(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .accessLog(decoder)
        case .csv(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .csv(decoder)
        case .records(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .records(decoder)
        case .lines(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .lines(decoder)
        case .document(var decoder):
            used = decoder.decode(bytes, count: count, isLast: isLast, place: &place, into: &assembler)
            self = .document(decoder)
        }
        return used
    }

    mutating func set(now: Timestamp) {
        switch consume self {
        case .ndjson(var decoder):
            decoder.set(now: now)
            self = .ndjson(decoder)
        case .accessLog(var decoder):
            decoder.set(now: now)
            self = .accessLog(decoder)
        case .csv(var decoder):
            decoder.set(now: now)
            self = .csv(decoder)
        case .records(var decoder):
            decoder.set(now: now)
            self = .records(decoder)
        case .lines(var decoder):
            decoder.set(now: now)
            self = .lines(decoder)
        case .document(var decoder):
            decoder.set(now: now)
            self = .document(decoder)
        }
    }

    var leftOut: [String: Int] {
        switch self {
        case .ndjson(let decoder): decoder.leftOut
        case .accessLog: [:]
        case .csv(let decoder): decoder.leftOut
        case .records(let decoder): decoder.leftOut
        case .lines(let decoder): decoder.leftOut
        case .document(let decoder): decoder.leftOut
        }
    }

    /// Why a document was refused as a whole.
    var documentProblem: String? {
        switch self {
        case .document(let decoder): decoder.fault
        case .ndjson: nil
        case .accessLog: nil
        case .csv: nil
        case .records: nil
        case .lines: nil
        }
    }

    /// Of remote write: the samples, histograms and exemplars that became events.
    var tally: [Int] {
        switch self {
        case .document(let decoder): decoder.tally
        case .ndjson: []
        case .accessLog: []
        case .csv: []
        case .records: []
        case .lines: []
        }
    }

    var headerProblem: SettingsError? {
        switch self {
        case .csv(let decoder): decoder.headerProblem
        case .ndjson: nil
        case .accessLog: nil
        case .records: nil
        case .lines: nil
        case .document: nil
        }
    }

    var paddingBytes: UInt64 {
        switch self {
        case .ndjson(let decoder): decoder.paddingBytes
        case .accessLog(let decoder): decoder.paddingBytes
        case .lines(let decoder): decoder.paddingBytes
        case .csv: 0
        case .records: 0
        case .document: 0
        }
    }

    /// Whether NUL bytes before a line are skipped.
    var skipsPadding: Bool {
        switch self {
        case .ndjson: true
        case .accessLog: true
        case .lines: true
        case .csv: false
        case .records: false
        case .document: false
        }
    }
}
