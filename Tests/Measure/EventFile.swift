import Foundation
import Synchronization
import VarveDisk
import VarveEvents
import VarveWire

/// The lines of a file of events, which producers take in turn; after the last come the first ones again.
final class EventFile: Sendable {
    private let bytes: Data
    private let starts: [Int]
    private let next = Atomic(0)
    let batch: Int

    init(_ path: String, lines: Int, batch: Int) throws {
        bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        self.batch = batch
        starts = bytes.withUnsafeBytes { bytes in
            var starts = [0]
            while starts.count <= lines, let last = starts.last, last < bytes.count,
                let feed = bytes[last...].firstIndex(of: 0x0A)
            {
                starts.append(feed + 1)
            }
            return starts
        }
        guard starts.count > batch else { throw AppendProblem("\(path) has fewer than \(batch) lines") }
    }

    /// The next lines, as many as a batch has, in one stretch.
    func take<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let count = starts.count - 1
        let first = next.wrappingAdd(batch, ordering: .relaxed).oldValue % count
        let start = first + batch > count ? 0 : first
        let range = starts[start]..<starts[start + batch]
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The first events of the file, as values.
    func rows(_ most: Int) throws -> [Event] {
        var decoder = newDecoder()
        bytes.withUnsafeBytes { bytes in
            decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[0..<starts[min(most, starts.count - 1)]]))
        }
        var rows: [Event] = []
        while let block = decoder.nextBlock(flush: true) { block.batch?.forEachEvent { rows.append($1) } }
        // Append times are the writer's.
        for index in rows.indices { rows[index].observed = nil }
        return rows
    }
}

private func newDecoder() -> InputDecoder {
    InputDecoder(DecodeOptions(.ndjson, now: Timestamp(nanoseconds: wallClockNanoseconds())))
}

/// Where a producer gets its batches from, each with the bytes that its events are as NDJSON. Used by one task.
protocol BatchSource {
    mutating func next() throws -> (batch: EventBatch, bytes: Int)
}

/// Lines, parsed when they are wanted.
struct LineSource: BatchSource {
    private let file: EventFile
    private let decoder: DecoderBox

    private final class DecoderBox {
        var decoder = newDecoder()
    }

    init(_ file: EventFile) {
        self.file = file
        decoder = DecoderBox()
    }

    mutating func next() throws -> (batch: EventBatch, bytes: Int) {
        try file.take { lines in
            decoder.decoder.feed(lines)
            guard let block = decoder.decoder.nextBlock(flush: true), block.rejections.isEmpty, let batch = block.batch,
                batch.rowCount == file.batch
            else { throw AppendProblem("a line of the file is no event") }
            return (batch, lines.count)
        }
    }
}

/// Values that the program has already.
struct RowSource: BatchSource {
    private let rows: [Event]
    private let batch: Int
    private var at: Int
    private var builder = BatchBuilder()

    init(_ rows: [Event], batch: Int, first: Int) {
        self.rows = rows
        self.batch = batch
        at = first % rows.count
    }

    mutating func next() throws -> (batch: EventBatch, bytes: Int) {
        for _ in 0..<batch {
            builder.append(rows[at])
            at = at + 1 == rows.count ? 0 : at + 1
        }
        return (builder.finish(), 0)
    }
}
