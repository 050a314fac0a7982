import VarveEvents
import VarveProjections

@testable import VarveViews

/// The answer to a question, counted event by event in dictionaries: nothing of the engine is used but the definition's names.
struct NaiveAnswer: Equatable {
    struct Key: Hashable {
        var bucket: Int64
        var component: String?
        var signal: String?
    }
    struct Cell: Equatable {
        var events: Int64 = 0
        var done: Int64 = 0
        var total: Int64?
        var most: Int64?
        var users: Set<String> = []
    }

    private(set) var cells: [Key: Cell] = [:]

    /// Counts those of `events` that lie between `from` and `to`.
    init(
        _ events: some Sequence<Event>, _ view: ViewDefinition, _ bucket: BucketLevel, by: [String]?, component: String??,
        from: Timestamp?, to: Timestamp?
    ) {
        for event in events where event.signal != "c.other" {
            if let from, event.time < from { continue }
            if let to, event.time >= to { continue }
            if let component, component != event.component { continue }
            let key = Key(
                bucket: Self.bucket(event.time, view, bucket),
                component: by?.contains("component") ?? true ? event.component : "any",
                signal: by?.contains("signal") ?? true ? event.signal : "any")
            var cell = cells[key] ?? Cell()
            cell.events += 1
            if event.signal == "b.done" { cell.done += 1 }
            if case .int64(let size)? = event.attributes.first?.value {
                cell.total = (cell.total ?? 0) + size
                cell.most = max(cell.most ?? size, size)
            }
            if let user = event.user { cell.users.insert(user) }
            cells[key] = cell
        }
    }

    /// The length of time from 1970 to the bucket, in its own lengths, on the clocks of the view's zone.
    static func bucket(_ time: Timestamp, _ view: ViewDefinition, _ level: BucketLevel) -> Int64 {
        guard let length = level.nanoseconds else { return 0 }
        var local = time.nanoseconds
        if case .named(let rules) = view.zone {
            let seconds = time.nanoseconds / 1_000_000_000
            let offset = rules.changes.last { $0.second <= seconds }?.offset ?? rules.initial
            local += offset * 1_000_000_000
        }
        return local / length
    }

    /// What an answer says, in the same form; nil when a row says something that cannot be.
    init?(_ answer: ViewAnswer, _ view: ViewDefinition) {
        for row in answer.rows {
            func integer(_ name: String) -> Int64? {
                switch row[name] {
                case .int(let value)?: value
                case .double(let value)?: Int64(value)
                case .decimal(let micros)?: Int64(micros / 1_000_000)
                default: nil
                }
            }
            guard let events = integer("events"), let done = integer("done"), let users = integer("users"), !row.isOther,
                row["share"] == .double(Double(done) / Double(events))
            else { return nil }
            // A row's time is the first moment of its bucket.
            let bucket = row.time.map { Self.bucket($0, view, answer.bucket ?? .all) } ?? 0
            let key = Key(
                bucket: bucket, component: row["component"].map { $0.text } ?? "any",
                signal: row["signal"].map { $0.text } ?? "any")
            let names = Set((0..<users).map { "\($0)" })
            let cell = Cell(events: events, done: done, total: integer("total"), most: integer("most"), users: names)
            guard cells.updateValue(cell, forKey: key) == nil else { return nil }
        }
    }

    /// The same with the users counted only.
    var counted: NaiveAnswer {
        var answer = self
        for (key, cell) in cells { answer.cells[key]?.users = Set((0..<cell.users.count).map { "\($0)" }) }
        return answer
    }
}
