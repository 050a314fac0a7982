// The content hash of a segment: a hash of its events that is independent of frames and encodings (docs/format/segment.md).
//
// Values are hashed as stored in a batch, in runs of one signal. Each pair of signal and column is one stream of values in
// offset order. A frame holds its part of a stream contiguously in memory, so most of the work is SHA-256 itself.
//
//     content = SHA-256( "varve content 1\n", first, end, rows,
//                        times, observed,                              digests of two streams of the segment
//                        signal: name, rows, offsets digest, columns:  scope, type, name, values, presence, values digest
//                        signal: … )                                   signals by bytes, columns by key

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

struct ContentHasher {
    private let first: Offset
    private var rows: UInt64 = 0
    private var times = SHA256Hasher()
    private var observed = RunHasher()
    private var signals: [String: SignalStreams] = [:]
    /// Buffer for strings before they are hashed.
    private let scratch = HashScratch()

    init(first: Offset) { self.first = first }

    /// Adds a batch with all its columns. Batches must come in offset order.
    mutating func add(_ batch: EventBatch) {
        rows += UInt64(batch.rowCount)
        batch.times.withUnsafeBytes { times.update($0) }
        observed.add(batch.observed)
        let order = batch.rowsByPosition()
        for (group, signal) in batch.groups.enumerated() {
            var streams = signals.removeValue(forKey: signal.signal) ?? SignalStreams()
            let base = batch.firstOffset.value &- first.value
            let relative =
                if let offsets = batch.offsets {
                    order[signal.positions].map { UInt32(truncatingIfNeeded: offsets[Int($0)] &- first.value) }
                } else {
                    order[signal.positions].map { UInt32(truncatingIfNeeded: base) &+ $0 }
                }
            relative.withUnsafeBytes { streams.offsets.update($0) }
            for column in batch.columns where !column.valueRange(ofGroup: group).isEmpty {
                streams.columns[column.key, default: ColumnStream()].add(column, batch, group, streams.rows, scratch)
            }
            streams.rows += UInt64(signal.positions.count)
            signals[signal.signal] = streams
        }
    }

    consuming func finalize(end: Offset) -> SHA256Digest {
        var out = BytesOut()
        out.put("varve content 1\n".utf8)
        for value in [first.value, end.value, rows] { out.put(value) }
        out.put(times.finalize().bytes)
        out.put(observed.finalize().bytes)
        for (name, streams) in signals.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            out.put(UInt32(name.utf8.count))
            out.put(name.utf8)
            out.put(streams.rows)
            out.put(streams.offsets.finalize().bytes)
            out.put(UInt32(streams.columns.count))
            for (key, stream) in streams.columns.sorted(by: { $0.key < $1.key }) {
                out.put(key.scope.rawValue)
                out.put(key.type.rawValue)
                out.put(UInt32(key.name.utf8.count))
                out.put(key.name.utf8)
                out.put(stream.count)
                out.put(stream.presence.finalize().bytes)
                out.put(stream.values.finalize().bytes)
            }
        }
        return out.bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }
}

/// The streams of one signal.
private struct SignalStreams {
    var rows: UInt64 = 0
    var offsets = SHA256Hasher()
    var columns: [ColumnKey: ColumnStream] = [:]
}

/// Hashes runs of equal values as (value, length), so that a constant column costs almost nothing.
private struct RunHasher {
    private var value: Int64 = 0
    private var length: UInt64 = 0
    private var hasher = SHA256Hasher()

    mutating func add(_ next: Int64) {
        if length > 0, next == value {
            length += 1
        } else {
            flush()
            value = next
            length = 1
        }
    }

    /// Adds values that are mostly equal to their predecessor.
    mutating func add(_ values: [Int64]) {
        values.withUnsafeBufferPointer { values in
            var start = 0
            while start < values.count {
                var end = start &+ 1
                while end < values.count, values[end] == values[start] { end &+= 1 }
                add(values[start], count: UInt64(end - start))
                start = end
            }
        }
    }

    mutating func add(_ next: Int64, count: UInt64) {
        guard count > 0 else { return }
        add(next)
        length += count - 1
    }

    private mutating func flush() {
        guard length > 0 else { return }
        withUnsafeBytes(of: (value.littleEndian, length.littleEndian)) { hasher.update($0) }
        length = 0
    }

    consuming func finalize() -> SHA256Digest {
        flush()
        return hasher.finalize()
    }
}

/// The values of one column in the events of one signal.
private struct ColumnStream {
    var count: UInt64 = 0
    /// Which events of the signal have a value, as runs of 0 and 1.
    var presence = RunHasher()
    var values = SHA256Hasher()
    /// How many events of the signal `presence` covers; the last of these has a value.
    private var covered: UInt64 = 0
    private var strings = HashedStrings()

    mutating func add(
        _ column: Column, _ batch: EventBatch, _ group: Int, _ rowsBefore: UInt64, _ scratch: HashScratch
    ) {
        let range = column.valueRange(ofGroup: group)
        let positions = batch.groups[group].positions
        // Absent rows are added only when a present one follows, so that trailing absent rows of a frame make no difference.
        if case .positions(let bits) = column.presence {
            for (index, position) in positions.enumerated() where bits[position] { present(rowsBefore + UInt64(index), 1) }
        } else {
            present(rowsBefore, UInt64(positions.count))
        }
        count += UInt64(range.count)
        add(column.values, range, scratch)
    }

    private mutating func present(_ row: UInt64, _ rows: UInt64) {
        presence.add(0, count: row - covered)
        presence.add(1, count: rows)
        covered = row + rows
    }

    private mutating func add(_ column: ColumnValues, _ range: Range<Int>, _ scratch: HashScratch) {
        switch column {
        case .int64(let array):
            array.withUnsafeBytes { raw in
                values.update(UnsafeRawBufferPointer(rebasing: raw[(range.lowerBound * 8)..<(range.upperBound * 8)]))
            }
        case .double(let array):
            array.withUnsafeBytes { raw in
                values.update(UnsafeRawBufferPointer(rebasing: raw[(range.lowerBound * 8)..<(range.upperBound * 8)]))
            }
        case .decimal(let mantissas, let scale):
            let divisor = decimalPowers[scale]
            let doubles = [Double](unsafeUninitializedCapacity: range.count) { buffer, count in
                mantissas.withUnsafeBufferPointer { source in
                    for index in 0..<range.count { buffer[index] = Double(source[range.lowerBound + index]) / divisor }
                }
                count = range.count
            }
            doubles.withUnsafeBytes { values.update($0) }
        case .bool(let bits):
            values.update(range.map { bits[$0] ? 1 : 0 })
        case .strings(let codes, let table):
            strings.add(codes, table, range, to: &values, scratch)
        }
    }
}
