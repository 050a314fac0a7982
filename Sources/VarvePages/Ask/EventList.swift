internal import VarveEvents
internal import VarveLog

/// Which single events a page shows.
struct EventRead: Sendable {
    var filter = LogFilter()
    /// Events from here on are not shown: the page's prefix, or where the page before ended.
    var below: UInt64
    var limit = 50
    /// How many events before `below` are looked at, from the newest down; nil for all that are kept.
    var reach: UInt64?
    /// The newest first, or as they came.
    var isNewestFirst = true
}

/// Events of a page.
struct EventList: Sendable {
    struct Item: Sendable {
        var offset: UInt64
        var event: Event
    }

    var items: [Item] = []
    /// Where the next page begins; nil when there is no more.
    var next: UInt64?

    private struct Full: Error {}

    /// Looks at a stretch of the end first, then at larger ones before it. Memory is bounded by the limit.
    static func read(_ reader: LogReader, _ read: EventRead) throws -> EventList {
        let end = min(read.below, try reader.durable().value)
        let first = max(try reader.retained().value, read.reach.map { end - min(end, $0) } ?? 0)
        var list = EventList()
        guard first < end else { return list }
        if read.isNewestFirst { try list.down(reader, read, first, end) } else { try list.up(reader, read, first, end) }
        return list
    }

    private mutating func up(_ reader: LogReader, _ read: EventRead, _ first: UInt64, _ end: UInt64) throws {
        do {
            try reader.scan(first..<end, where: read.filter) { batch in
                try batch.forEachEvent { offset, event in
                    if items.count == read.limit {
                        next = offset.value
                        throw Full()
                    }
                    items.append(Item(offset: offset.value, event: event))
                }
            }
        } catch is Full {}
    }

    private mutating func down(_ reader: LogReader, _ read: EventRead, _ first: UInt64, _ end: UInt64) throws {
        var (upper, width) = (end, UInt64(8_192))
        while upper > first, items.count <= read.limit {
            let lower = max(first, upper - min(upper, width))
            var found: [Item] = []
            try reader.scan(lower..<upper, where: read.filter) { batch in
                batch.forEachEvent { offset, event in
                    found.append(Item(offset: offset.value, event: event))
                    // Of this stretch only the last ones can be on the page.
                    if found.count > 2 * read.limit + 2 { found.removeFirst(read.limit) }
                }
            }
            items += found.reversed()
            upper = lower
            width = min(width * 2, 1 << 20)
        }
        if items.count > read.limit {
            items.removeLast(items.count - read.limit)
            next = items.last?.offset
        }
    }
}
