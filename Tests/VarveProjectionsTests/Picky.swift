import VarveEvents
import VarveProjections

/// Adds numbers under one key, writes before it throws, and throws at each seven.
struct Picky: SequentialProjection {
    struct Entry: SequentialEntry {
        var sum: Int64 = 0
        var isFinished: Bool { false }

        init() {}
        func encode(into writer: inout StateWriter) { writer.fixed(sum) }
        init(from reader: inout StateReader) throws(StateError) { sum = try reader.fixed(Int64.self) }
    }

    let name = "picky"
    let version = 1
    let signals = SignalFilter("x")
    let fields = [Field("number")]
    let parameters: [UInt8] = []
    let tables = [SequentialTable("sums", ["sum"])]

    func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent) {
        guard case .int(let number) = event.value(0) else { return }
        entries.update([0]) { entry in
            var changed = entry ?? Entry()
            changed.sum += number
            entry = changed
        }
        if number % 10 == 7 { throw PoisonedEvent(view: name, offset: event.offset, reason: "seven") }
    }

    func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?) { (Timestamp(nanoseconds: 0), nil) }

    func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]] { [[.int(entry.sum)]] }
}
