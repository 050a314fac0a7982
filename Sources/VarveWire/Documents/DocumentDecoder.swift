internal import CSimdjson
internal import Foundation
internal import VarveEvents

/// Decodes formats in which an input is a single document, such as request bodies of other products' clients: the document is
/// decoded when it is complete, and refused as a whole if it cannot be decoded to its end.
struct DocumentDecoder: ~Copyable {
    private let options: DecodeOptions
    private var clock: EventClock
    private var isTooLong = false
    private(set) var leftOut: [String: Int] = [:]
    /// Why the document was refused as a whole.
    private(set) var fault: String?
    private(set) var tally: [Int] = []

    init(_ options: DecodeOptions) {
        self.options = options
        clock = EventClock(format: .nanoseconds, now: options.now)
    }

    mutating func set(now: Timestamp) { clock.set(now: now) }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        guard isLast else {
            guard isTooLong || count > WireLimits.documentBytes else { return 0 }
            isTooLong = true
            place.advance(lines: 0, bytes: count)
            return count
        }
        let document = UnsafeRawBufferPointer(start: bytes, count: count)
        var rows = DocumentRows(clock, bytes: count, keepsRecords: assembler.keepsRecords)
        do throws(DocumentFault) {
            if isTooLong || count > WireLimits.documentBytes {
                throw DocumentFault(.lineTooLong, "the document has more than \(WireLimits.documentBytes) bytes")
            }
            try read(document, bytes, &rows)
            rows.assembler.cover(lines: rows.record, bytes: UInt64(count))
            assembler.take(&rows.assembler)
        } catch {
            fault = error.problem.message
            let head = UnsafeRawBufferPointer(rebasing: document.prefix(WireLimits.documentHeadBytes))
            assembler.reject(
                Rejection(error.problem, head, line: 1, offset: place.bytes, byteCount: place.bytes + UInt64(count)))
        }
        leftOut = rows.leftOut
        tally = rows.tally
        place.advance(lines: rows.record, bytes: count)
        return count
    }

    private func read(
        _ document: UnsafeRawBufferPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        switch options.format {
        case .otlpLogs, .otlpTraces, .otlpMetrics: try readOTLP(document, bytes, &rows)
        case .prometheusText:
            var reader = PrometheusText(options.labels)
            try reader.read(document, into: &rows)
        case .openMetrics:
            var reader = OpenMetricsText(options.labels)
            try reader.read(document, into: &rows)
        case .remoteWrite, .remoteWrite2:
            var reader = RemoteWrite(isSecond: options.format == .remoteWrite2)
            try reader.read(try RemoteWrite.unpack(document, rows.kept), into: &rows)
        default: try readShippers(document, &rows)
        }
    }

    private func readShippers(
        _ document: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        switch options.format {
        case .elasticBulk:
            rows.reserve(ElasticBulk.fields)
            return try ElasticBulk(document, index: options.index).read(document, into: &rows)
        case .influxLines:
            rows.reserve(InfluxLines.fields)
            return try InfluxLines(document, unit: options.timeUnit).read(document, into: &rows)
        case .lokiPush where !isJSON(document):
            rows.reserve(LokiPush.fields)
            let message = try RemoteWrite.unpack(document, rows.kept)
            return try LokiPush(message).read(message, into: &rows)
        case .sentryEnvelope:
            rows.reserve(SentryEnvelope.fields)
            var envelope = SentryEnvelope(document)
            return try envelope.read(into: &rows)
        case .gelf:
            rows.reserve(GELFMessages.fields)
            return try GELFMessages().read(document, into: &rows)
        case .statsd:
            rows.reserve(StatsDLines.fields)
            return try StatsDLines().read(document, into: &rows)
        case .fluent:
            rows.reserve(FluentForward.fields)
            var messages = FluentForward()
            return try messages.read(document, into: &rows)
        default: break
        }
        let parser = try Self.parse(document)
        let tape = parser.tape
        try withExtendedLifetime(parser) { () throws(DocumentFault) in
            switch options.format {
            case .cloudEvents:
                rows.reserve(CloudEvents.fields)
                try CloudEvents().read(tape, into: &rows)
            case .lokiPush:
                rows.reserve(LokiPush.fields)
                try LokiPush(document).read(tape, into: &rows)
            case .sentryEvent:
                rows.reserve(SentryEnvelope.fields)
                guard tape.type(1) == Tag.object else { throw DocumentFault(.notAnObject, "the document is no object") }
                try SentryEvent(tape).read(into: &rows)
            case .alertmanager:
                rows.reserve(AlertmanagerAlerts.fields)
                try AlertmanagerAlerts().read(tape, into: &rows)
            default: preconditionFailure("\(options.format) is no document")
            }
        }
    }

    private func readOTLP(
        _ document: UnsafeRawBufferPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard isJSON(document) else { return try readOTLP(document, &rows) }
        let parser = try Self.parse(document)
        var writer = OTLPTranscoder(parser.tape)
        let message = try writer.message(options.format)
        if writer.base64IDs > 0 { rows.leftOut["(ids in base64, taken)"] = writer.base64IDs }
        let room = rows.kept.keep(message)
        try withExtendedLifetime(parser) { () throws(DocumentFault) in try readOTLP(room, &rows) }
    }

    private func readOTLP(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        switch options.format {
        case .otlpLogs:
            var logs = OTLPLogs(message)
            try logs.read(message, into: &rows)
        case .otlpTraces:
            var traces = OTLPTraces()
            try traces.read(message, into: &rows)
        default:
            var metrics = OTLPMetrics(message, options.cumulative)
            try metrics.read(message, into: &rows)
        }
    }

    /// Whether the document is JSON: as declared, or else by its first byte. The supported protobuf messages begin with a byte
    /// that is a newline as text.
    private func isJSON(_ document: UnsafeRawBufferPointer) -> Bool {
        switch options.encodingOfDocument {
        case .json: true
        case .protobuf: false
        case nil: document.first.map { [0x7B, 0x5B, 0x20, 0x09, 0x0D].contains($0) } ?? false
        }
    }

    /// Parses JSON; `document` must be followed by `ByteWindow.margin` readable bytes.
    static func parse(_ document: UnsafeRawBufferPointer) throws(DocumentFault) -> JSONParser {
        guard let base = document.baseAddress, document.contains(where: { $0 > 0x20 }) else {
            throw DocumentFault(.syntax, "the body is empty, which is no JSON")
        }
        guard let parser = JSONParser(capacity: max(document.count, 256), depth: WireLimits.documentDepth + 1) else {
            throw DocumentFault(.lineTooLong, "no memory to parse a document of \(document.count) bytes")
        }
        let error = parser.parse(base.assumingMemoryBound(to: UInt8.self), count: document.count)
        guard error == VARVE_JSON_OK else {
            var problem = JSONFault(document).problem(error, isTail: false)
            problem.message = problem.message.replacing("the line", with: "the document")
            throw DocumentFault(problem.reason, problem.message, hint: problem.hint)
        }
        return parser
    }
}
