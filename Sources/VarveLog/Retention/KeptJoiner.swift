// Kept events are few, so what remains of many segments is joined into one. Kept events are rewritten until a file holds enough
// of them, and after that only when some of them are dropped.

internal import VarveEvents

/// A kept segment of the next manifest. Without `segment` the existing file is used unchanged.
struct KeptChoice {
    var record: SegmentRecord
    var segment: KeptSegment?
}

struct KeptJoiner {
    /// A segment with this many events is not extended.
    static let rowsEnough = 16_384

    private struct Piece {
        var first: Offset
        var chainIn: UInt64
        var batches: [EventBatch]
        var rows: Int
        var bytes: Int
        /// The existing file, if it can be used unchanged.
        var record: SegmentRecord?
    }

    private let manifest: Manifest
    private var open: Piece?
    private var choices: [KeptChoice] = []

    init(_ manifest: Manifest) { self.manifest = manifest }

    /// Adds the kept events of a segment, in offset order. `was` is the kept segment that they come from, if any.
    mutating func add(_ batches: [EventBatch], first: Offset, chainIn: UInt64, was: SegmentRecord? = nil) throws {
        let rows = batches.reduce(0) { $0 + $1.rowCount }
        let bytes = batches.reduce(0) { $0 + $1.approximateBytes }
        guard rows > 0 else { return }
        if let piece = open, piece.rows < Self.rowsEnough, piece.rows + rows <= EventLimits.rowsPerBatch,
            piece.bytes + bytes <= EventLimits.bytesPerBatch
        {
            open?.batches += batches
            open?.rows += rows
            open?.bytes += bytes
            open?.record = nil
        } else {
            try close()
            let same = was.flatMap { $0.rows == UInt64(rows) ? $0 : nil }
            open = Piece(first: first, chainIn: chainIn, batches: batches, rows: rows, bytes: bytes, record: same)
        }
    }

    private mutating func close() throws {
        guard let piece = open else { return }
        open = nil
        if let record = piece.record { return choices.append(KeptChoice(record: record)) }
        let before = manifest.kept.first { $0.first == piece.first }
        let segment = try KeptSegment(
            piece.batches, manifest.store, epoch: manifest.epoch, first: piece.first, chainIn: piece.chainIn,
            revision: before.map { $0.revision + 1 } ?? 0)
        choices.append(KeptChoice(record: segment.record, segment: segment))
    }

    consuming func finished() throws -> [KeptChoice] {
        try close()
        return choices
    }
}
