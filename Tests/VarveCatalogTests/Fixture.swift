import Testing
import VarveCatalog
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport
import VarveWire

/// The hand-written events of one system, read as `ingest` reads them, appended to a log, and folded by all views.
struct Fixture {
    let states: ViewStates
    let received: Int
    let appended: Int
    let duplicates: Int
    /// What is wrong with the events by the catalog.
    let flags: [FieldFlag]
    let signals: Set<String>

    /// Reads `Fixtures/<system>.ndjson`.
    static func read(_ system: CatalogSystem) async throws -> Fixture {
        // 2026-03-05T00:00:00Z: later than every event.
        let now = Timestamp(nanoseconds: 1_772_668_800_000_000_000)
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: now))
        try RepositoryFile(path: "Fixtures/\(system.rawValue).ndjson").bytes().withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: "data", disk: disk)
        var appended = 0
        var duplicates = 0
        while let block = decoder.nextBlock(flush: true) {
            #expect(block.rejections.isEmpty)
            guard let batch = block.batch else { continue }
            let receipt = try await log.append(batch)
            appended += receipt.appended
            duplicates += receipt.duplicates.count
        }
        try await log.close()
        let received = decoder.received
        var states = ViewStates(FoldPlan(ViewDefinition.catalog, minutes: true))
        var flags: [FieldFlag] = []
        var signals: Set<String> = []
        let reader = try LogReader.open(at: "data", disk: disk)
        try reader.scan(0..<UInt64.max, onDamage: { Issue.record("damaged: \($0)") }) { batch in
            states.fold(batch)
            flags += BatchCheck().check(batch).flags
            signals.formUnion(batch.groups.map(\.signal))
        }
        return Fixture(
            states: states, received: received, appended: appended, duplicates: duplicates, flags: flags, signals: signals)
    }

    /// Asks the question and compares.
    func check(_ answer: Answer) throws {
        let definition = try #require(Catalog.view(answer.view)?.definition, "\(answer.view)")
        let level: BucketLevel? = answer.bucket == .minute ? .minute : definition.permanentLevel
        let state = try #require(states.state(of: answer.view, level: level))
        let filters = answer.rows.map { DimensionFilter($0.name, $0.text) }
        let by = definition.dimensions.map(\.name).filter { name in answer.rows.contains { $0.name == name } }
        let rows = try state.rows(ViewQuery(bucket: answer.bucket, by: by, where: filters)).filter { row in
            answer.time == nil || row.time.map { AnswerTime.text($0) } == answer.time
        }
        guard let expected = answer.values else {
            #expect(rows.isEmpty, "\(answer) has a row: \(rows)")
            return
        }
        #expect(rows.count == 1, "\(answer) has \(rows.count) rows: \(rows)")
        guard let row = rows.first else { return }
        for (column, value) in expected.sorted(by: { $0.key < $1.key }) {
            let found = try #require(row[column], "\(answer) has no column \(column)")
            #expect(
                value.equals(found, approximate: answer.isApproximate(column)), "\(answer).\(column) is \(found), not \(value)")
        }
    }
}

/// A question to a view and its answer, worked out by hand.
struct Answer: CustomStringConvertible, Sendable {
    struct Dimension: Sendable {
        var name: String
        /// Nil for an absent value.
        var text: String?
    }

    var view: String
    var bucket: BucketLevel
    /// The bucket's start, where more than one has a row.
    var time: String?
    /// The dimensions split by, and what they are; the others are merged.
    var rows: [Dimension]
    /// By column; nil when there is no such row.
    var values: [String: Expected]?

    init(
        _ view: String, _ bucket: BucketLevel, at time: String? = nil, _ rows: KeyValuePairs<String, String?>,
        _ values: [String: Expected]?
    ) {
        self.view = view
        self.bucket = bucket
        self.time = time
        self.rows = rows.map { Dimension(name: $0.key, text: $0.value) }
        self.values = values
    }

    init(_ view: String, _ bucket: BucketLevel, at time: String? = nil, _ values: [String: Expected]?) {
        self.init(view, bucket, at: time, [:], values)
    }

    init(_ view: String, _ rows: KeyValuePairs<String, String?>, _ values: [String: Expected]?) {
        self.init(view, .all, rows, values)
    }

    init(_ view: String, _ values: [String: Expected]?) {
        self.init(view, .all, [:], values)
    }

    var description: String {
        let list = rows.map { "\($0.name)=\($0.text ?? "")" }.joined(separator: " ")
        return "\(view) \(bucket.name) \(time ?? "") \(list)"
    }

    /// Quantiles come from a sketch.
    func isApproximate(_ column: String) -> Bool {
        guard let digit = column.first(where: \.isNumber), let place = column.firstIndex(of: digit), place > column.startIndex
        else { return false }
        return column[column.index(before: place)] == "p" && !column.hasPrefix("top")
    }
}

/// A value of an answer: a number, a text, or null.
enum Expected: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral,
    ExpressibleByBooleanLiteral, Sendable
{
    case number(Double)
    case text(String)
    case flag(Bool)
    case null

    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(nilLiteral: ()) { self = .null }

    /// Of two numbers.
    static func / (left: Expected, right: Expected) -> Expected {
        guard case .number(let part) = left, case .number(let whole) = right else { return .null }
        return .number(part / whole)
    }

    func equals(_ found: ViewValue, approximate: Bool) -> Bool {
        switch self {
        case .null: return found == .null
        case .text(let text): return found.text == text
        case .flag(let flag): return found == .bool(flag)
        case .number(let number):
            guard let value = found.number else { return false }
            return abs(value - number) <= max(1e-9, abs(number) * (approximate ? 0.0055 : 1e-12))
        }
    }
}

/// A time as answers write it: `2026-03-01T10:00`.
enum AnswerTime {
    static func text(_ time: Timestamp) -> String {
        var printer = EventPrinter()
        printer.print(Event(time: time, signal: "a"))
        let line = String(decoding: printer.bytes, as: UTF8.self)
        guard let place = line.firstRange(of: "2026-") else { return line }
        return String(line[place.lowerBound...].prefix(16))
    }
}
