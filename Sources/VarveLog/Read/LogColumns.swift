// The size of each column of a log, and its zeroth-order entropy for comparison.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// How a log's bytes are distributed over its columns.
public struct LogColumns: Sendable {
    /// Largest first.
    public internal(set) var columns: [ColumnReport] = []
    /// Bytes of headers and directories of frames.
    public internal(set) var frameOverhead: UInt64 = 0
    public internal(set) var frames = 0
    public internal(set) var events: UInt64 = 0
}

extension LogReader {
    /// Reads the whole log and sums up its columns. Damaged frames are left out.
    public func columns() throws -> LogColumns {
        var survey = ColumnSurvey()
        let durable = try durable()
        for segment in try segments() {
            let bytes = try disk.openFile(segment.path).readAll(limit: LogLimits.segmentBytes)
            try bytes.withUnsafeBytes { raw in
                let walk = SegmentWalk(raw, store: store, first: segment.firstOffset, limit: segment.endOffset)
                for frame in walk.frames where frame.header.endOffset <= durable {
                    try survey.add(UnsafeRawBufferPointer(rebasing: raw[frame.range]), frame.header)
                }
            }
        }
        return survey.result()
    }
}

private struct ColumnSurvey {
    private var total = LogColumns()
    private var reports: [String: ColumnReport] = [:]
    private var counts: [String: ValueCounts] = [:]

    mutating func add(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws {
        total.frames += 1
        total.events += UInt64(header.rowCount)
        var stored = 0
        for size in try FrameDump.columnSizes(frame, header) {
            var report = reports[size.name] ?? ColumnReport(name: size.name, key: size.key)
            report.storedBytes += UInt64(size.storedBytes)
            report.rawBytes += UInt64(size.rawBytes)
            if size.key == nil { report.values += UInt64(header.rowCount) }
            reports[size.name] = report
            stored += size.storedBytes
            guard let key = size.key else { continue }
            // Decode one column at a time, so that a wide frame need not fit in memory.
            let batch = try FrameDecoder.decode(
                frame, header, select: ColumnSelection(keys: [key], times: false, observed: false))
            guard let column = batch.column(key) else { continue }
            reports[size.name]?.values += UInt64(column.values.count)
            counts[size.name, default: ValueCounts()].add(column.values)
        }
        total.frameOverhead += UInt64(header.frameSize - stored)
        let times = try FrameDecoder.decode(frame, header, select: ColumnSelection(keys: [], times: true, observed: true))
        counts["time", default: ValueCounts()].add(.int64(times.times))
        counts["observed", default: ValueCounts()].add(.int64(times.observed))
    }

    consuming func result() -> LogColumns {
        total.columns = reports.values.map { report in
            var report = report
            if let counts = counts[report.name] {
                report.distinct = UInt64(counts.plain.distinct)
                report.entropyBits = counts.entropy
            }
            return report
        }.sorted { ($1.storedBytes, $0.name) < ($0.storedBytes, $1.name) }
        return total
    }
}

/// How often each value occurs, and each difference of neighbours.
private struct ValueCounts {
    var plain = Occurrences()
    private var differences: Occurrences?
    private var last: Int64 = 0

    var entropy: Double? {
        guard let differences else { return plain.entropy }
        return min(plain.entropy, differences.entropy)
    }

    mutating func add(_ values: ColumnValues) {
        switch values {
        case .int64(let array):
            for value in array {
                plain.add(UInt64(bitPattern: value))
                differences = differences ?? Occurrences()
                differences?.add(UInt64(bitPattern: value &- last))
                last = value
            }
        case .double(let array): for value in array { plain.add(value.bitPattern) }
        case .decimal(let mantissas, let scale):
            for value in mantissas { plain.add((Double(value) / decimalPowers[scale]).bitPattern) }
        case .bool(let bits):
            let ones = bits.onesCount
            plain.add(1, times: UInt64(ones))
            plain.add(0, times: UInt64(bits.count - ones))
        case .strings(let codes, let table):
            var perCode = [UInt64](repeating: 0, count: table.count)
            for index in 0..<codes.count { perCode[codes[index]] += 1 }
            for (code, count) in perCode.enumerated() where count > 0 {
                plain.add(table.withBytes(of: code) { XXH3.hash64($0) }, times: count)
            }
        }
    }
}

private struct Occurrences {
    /// Beyond this many distinct values, each further one counts as occurring once: such a column is close to random.
    private static let limit = 4 << 20
    private var counts: [UInt64: UInt64] = [:]
    private var others: UInt64 = 0
    private var total: UInt64 = 0

    var distinct: Int { counts.count }

    mutating func add(_ value: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        total += times
        if counts.count < Self.limit {
            counts[value, default: 0] += times
        } else if counts[value] != nil {
            counts[value]? += times
        } else {
            others += times
        }
    }

    /// Bits per value.
    var entropy: Double {
        guard total > 0 else { return 0 }
        let all = Double(total)
        var bits = 0.0
        for count in counts.values { bits += Double(count) * log2(all / Double(count)) }
        return (bits + Double(others) * log2(all)) / all
    }
}

/// The binary logarithm by repeated squaring: accurate to twelve digits, without the C library.
private func log2(_ value: Double) -> Double {
    var rest = value.significand
    var result = Double(value.exponent)
    var bit = 0.5
    for _ in 0..<40 {
        rest *= rest
        if rest >= 2 {
            result += bit
            rest /= 2
        }
        bit /= 2
    }
    return result
}
