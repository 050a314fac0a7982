import Foundation
import VarveCatalog
import VarveEvents
import VarveLog

/// Rows of a program into its own log: what `varve-measure rows` measures. The rows lie in memory as text and numbers before the
/// clock runs; measured is all from the first `beginRow` until the log is closed, everything on disk.
struct RowAppends {
    private enum Value {
        case text(ColumnHandle, Range<Int>)
        case int64(ColumnHandle, Int64)
        case double(ColumnHandle, Double)
    }

    private struct Row {
        let time: Int64
        let signal: Range<Int>
        let values: Range<Int>
    }

    private var builder = BatchBuilder()
    private var text: [UInt8] = []
    private var values: [Value] = []
    private var rows: [Row] = []

    init(events: Int) {
        var generator = TrafficGenerator(TrafficOptions(events: events))
        var batch = BatchBuilder()
        while generator.fill(&batch) > 0 {
            batch.finish().forEachEvent { _, event in add(event) }
        }
    }

    private mutating func add(_ event: Event) {
        let first = values.count
        for (handle, field) in [
            (ColumnHandle.component, event.component), (.session, event.session), (.user, event.user),
        ] {
            if let field { values.append(.text(handle, place(field))) }
        }
        for attribute in event.attributes {
            let handle = builder.handle(ColumnKey(.attribute, attribute.name, attribute.value.type))
            switch attribute.value {
            case .int64(let value): values.append(.int64(handle, value))
            case .double(let value): values.append(.double(handle, value))
            case .string(let value), .json(let value): values.append(.text(handle, place(value)))
            case .bool: break
            }
        }
        let signal = place(event.signal)
        rows.append(Row(time: event.time.nanoseconds, signal: signal, values: first..<values.count))
    }

    private mutating func place(_ part: String) -> Range<Int> {
        let start = text.count
        text += Array(part.utf8)
        return start..<text.count
    }

    /// Appends all rows to a new log at `data`. Returns the seconds of CPU time, of all threads, and of wall time.
    mutating func run(_ data: String) async throws -> (cpu: Double, wall: Double) {
        let start = ContinuousClock.now
        let before = Self.cpuSeconds()
        let writer = try await LogWriter.open(at: data)
        var next = 0
        while next < rows.count {
            next = fill(from: next)
            _ = try await writer.append(builder.finish())
        }
        try await writer.close()
        return (Self.cpuSeconds() - before, (ContinuousClock.now - start) / .seconds(1))
    }

    /// Fills the builder with rows from `first` on; returns the first that is left.
    private mutating func fill(from first: Int) -> Int {
        var next = first
        text.withUnsafeBytes { text in
            while next < rows.count, !builder.isFull {
                let row = rows[next]
                builder.beginRow(time: row.time, signal: UnsafeRawBufferPointer(rebasing: text[row.signal]))
                for index in row.values {
                    switch values[index] {
                    case .text(let handle, let range):
                        builder.set(handle, string: UnsafeRawBufferPointer(rebasing: text[range]))
                    case .int64(let handle, let value): builder.set(handle, int64: value)
                    case .double(let handle, let value): builder.set(handle, double: value)
                    }
                }
                builder.endRow()
                next += 1
            }
        }
        return next
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
