internal import NIOCore
internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveWorkspace

/// The text of the latest blocks of events: written once for all subscribers with the same filter.
final class RenderedBlocks: Sendable {
    private struct Key: Hashable, Sendable {
        var filter: LogFilter
        var first: UInt64
        var next: UInt64
        var count: Int
    }

    private struct Entry: Sendable {
        var key: Key
        var parts: [ByteBuffer]
    }

    private let entries = Mutex<[Entry]>([])
    private static let entriesMax = 16
    /// A block of more rows is written for each subscriber as it takes it.
    private static let rowsKept = 8_192
    /// One with a longer text too: what is kept is at most sixteen times that.
    private static let bytesKept = 2 << 20

    /// The parts of a block's text, for one who takes them one by one.
    func parts(_ block: EventBlock, _ filter: LogFilter) -> BlockText {
        guard block.count <= Self.rowsKept, let first = block.batches.first, first.rowCount > 0 else { return BlockText(block) }
        let key = Key(filter: filter, first: first.offset(ofRow: 0).value, next: block.next.value, count: block.count)
        if let known = entries.withLock({ entries in entries.first { $0.key == key }?.parts }) { return BlockText(known) }
        var parts: [ByteBuffer] = []
        var bytes = 0
        for part in BlockText(block) {
            bytes += part.readableBytes
            guard bytes <= Self.bytesKept else { return BlockText(block) }
            parts.append(part)
        }
        entries.withLock { entries in
            guard !entries.contains(where: { $0.key == key }) else { return }
            entries.append(Entry(key: key, parts: parts))
            if entries.count > Self.entriesMax { entries.removeFirst() }
        }
        return BlockText(parts)
    }
}

/// The text of a block, a part at a time.
struct BlockText: Sequence, IteratorProtocol {
    /// Rows that are written at a time: a subscriber holds no more.
    private static let rowsPerPart = 512
    private var known: [ByteBuffer]
    private let batches: [EventBatch]
    private var batch = 0
    private var row = 0
    private var part = 0

    init(_ known: [ByteBuffer]) {
        self.known = known
        batches = []
    }

    init(_ block: EventBlock) {
        known = []
        batches = block.batches
    }

    mutating func next() -> ByteBuffer? {
        if part < known.count {
            defer { part += 1 }
            return known[part]
        }
        while batch < batches.count {
            let current = batches[batch]
            guard row < current.rowCount else {
                batch += 1
                row = 0
                continue
            }
            let end = Swift.min(current.rowCount, row + Self.rowsPerPart)
            var text = StreamText()
            current.slice(rows: row..<end).forEachEvent { offset, event in text.event(event, at: offset) }
            row = end
            return text.buffer
        }
        return nil
    }
}
