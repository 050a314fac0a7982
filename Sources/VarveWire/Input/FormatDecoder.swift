internal import VarveEvents
internal import VarveSettings

/// The decoder of one format.
enum FormatDecoder: ~Copyable {
    case ndjson(NDJSONDecoder)
    case accessLog(AccessLogDecoder)
    case csv(CSVDecoder)
    case records(RecordDecoder)

    init(_ options: DecodeOptions) {
        let clock = EventClock(format: options.timeFormat, now: options.now)
        switch options.format {
        case .ndjson: self = .ndjson(NDJSONDecoder(clock: clock, keepsObserved: options.keepsObserved))
        case .combined: self = .accessLog(AccessLogDecoder(isCombined: true, clock: clock))
        case .common: self = .accessLog(AccessLogDecoder(isCombined: false, clock: clock))
        case .csv:
            guard let mapping = options.mapping else { preconditionFailure("CSV is read with a mapping; there is none") }
            self = .csv(CSVDecoder(mapping, now: options.now))
        case .records:
            guard let records = options.records else { preconditionFailure("records are read with a mapping; there is none") }
            self = .records(RecordDecoder(records, clock: clock))
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
        }
    }

    var leftOut: [String: Int] {
        switch self {
        case .ndjson(let decoder): decoder.unknownKeys
        case .accessLog: [:]
        case .csv(let decoder): decoder.unnamedColumns
        case .records(let decoder): decoder.leftOut
        }
    }

    var headerProblem: SettingsError? {
        switch self {
        case .csv(let decoder): decoder.headerProblem
        case .ndjson: nil
        case .accessLog: nil
        case .records: nil
        }
    }
}
