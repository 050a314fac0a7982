internal import Foundation
internal import Synchronization
internal import VarveEvents
internal import VarveWire

/// What became of the latest runs, for the status.
final class MaintenanceRecord: Sendable {
    struct Entry: Sendable {
        var runs = 0
        var last: Date?
        var next: Date?
        var seconds = 0.0
        var done = ""
        var error: String?
    }

    private let entries = Mutex<[String: Entry]>([:])

    func change(_ name: String, _ body: (inout Entry) -> Void) { entries.withLock { body(&$0[name, default: Entry()]) } }

    var json: String {
        var object = JSONLine()
        for (name, entry) in entries.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            var line = JSONLine()
            line.field("runs", entry.runs)
            line.field("last", entry.last.map(Self.text))
            line.field("next", entry.next.map(Self.text))
            line.field("seconds", entry.seconds)
            line.field("done", entry.done)
            line.field("error", entry.error)
            object.field(name, json: line.text)
        }
        return object.text
    }

    private static func text(_ date: Date) -> String {
        RFC3339.text(Timestamp(nanoseconds: Int64(date.timeIntervalSince1970 * 1_000) * 1_000_000))
    }
}
