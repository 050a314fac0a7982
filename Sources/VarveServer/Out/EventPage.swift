internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// A page of events, read from the log in one direction. Memory is bounded by the page.
struct EventPage: Sendable {
    enum Direction: String, Sendable { case asc, desc }

    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// Where to go on; nil when there is no more.
    private(set) var next: UInt64?
    /// Offsets that could not be read.
    private(set) var damaged: [Range<UInt64>] = []

    private struct Full: Error {}

    /// The first events from `cursor` on, or the last ones below it.
    static func read(
        _ reader: LogReader, _ filter: LogFilter, _ direction: Direction, cursor: UInt64?, limit: Int, bytesMax: Int
    ) throws -> EventPage {
        let (first, end) = (try reader.retained().value, try reader.durable().value)
        var page = EventPage()
        switch direction {
        case .asc: try page.readUp(reader, filter, max(first, cursor ?? 0), end, limit, bytesMax)
        case .desc: try page.readDown(reader, filter, first, min(end, cursor ?? .max), limit, bytesMax)
        }
        return page
    }

    private mutating func readUp(
        _ reader: LogReader, _ filter: LogFilter, _ first: UInt64, _ end: UInt64, _ limit: Int, _ bytesMax: Int
    ) throws {
        guard first < end else { return }
        var printer = EventPrinter()
        do {
            try reader.scan(first..<end, where: filter, onDamage: { damaged.append($0.offsets) }) { batch in
                try batch.forEachEvent { offset, event in
                    if count == limit || printer.bytes.count >= bytesMax {
                        next = offset.value
                        throw Full()
                    }
                    printer.print(event, offset: offset)
                    count += 1
                }
            }
        } catch is Full {}
        bytes = printer.bytes
    }

    /// Looks at a stretch of the end first, then at larger ones before it.
    private mutating func readDown(
        _ reader: LogReader, _ filter: LogFilter, _ first: UInt64, _ end: UInt64, _ limit: Int, _ bytesMax: Int
    ) throws {
        var (upper, width) = (end, UInt64(4_096))
        var size = 0
        while upper > first {
            let lower = max(first, upper - min(upper, width))
            var lines: [(offset: UInt64, bytes: [UInt8])] = []
            var head = 0
            try reader.scan(lower..<upper, where: filter, onDamage: { damaged.append($0.offsets) }) { batch in
                batch.forEachEvent { offset, event in
                    var printer = EventPrinter()
                    printer.print(event, offset: offset)
                    lines.append((offset.value, printer.bytes))
                    // Of this stretch only the last ones can be on the page.
                    if lines.count - head > limit {
                        lines[head].bytes = []
                        head += 1
                    }
                }
            }
            for line in lines[head...].reversed() {
                if count == limit || size >= bytesMax { return }
                bytes += line.bytes
                size += line.bytes.count
                count += 1
                next = line.offset
            }
            if head > 0 || count == limit { return }
            upper = lower
            width = min(width * 2, 1 << 20)
        }
        next = nil
    }
}
