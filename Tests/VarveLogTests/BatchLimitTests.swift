import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// What a batch may be, and what happens to one that is more.
@Suite struct BatchLimitTests {
    enum Case: CaseIterable {
        case rows, columns, bytes, string, json, id, tenant, signal, attributeName, signals, times
    }

    /// A batch that is at its limit, or one step beyond it.
    private static func batch(_ kind: Case, beyond: Bool) -> EventBatch {
        let more = beyond ? 1 : 0
        func one(_ change: (inout Event) -> Void) -> EventBatch {
            var builder = BatchBuilder()
            var event = Event(time: Timestamp(nanoseconds: 1_600_000_000_000_000_000), signal: "s")
            change(&event)
            builder.append(event)
            return builder.finish()
        }
        func text(_ count: Int) -> String { String(repeating: "é", count: count / 2) + String(repeating: "x", count: count % 2) }
        switch kind {
        case .rows: return rows(EventLimits.rowsPerBatch + more, signals: ["s"])
        case .columns:
            var batch = rows(1, signals: ["s"])
            batch.columns = (0..<(EventLimits.columnsPerBatch + more)).map { number in
                Column(
                    key: ColumnKey(.attribute, "a\(10_000 + number)", .int64), presence: .all, valueStarts: [0, 1],
                    values: .int64([1]))
            }
            return batch
        case .bytes:
            // 65,528 strings of half a KiB are 32 MiB.
            var batch = rows(65_000, signals: ["s"])
            var table = StringTable()
            for number in 0..<(beyond ? 65_000 : 60_000) {
                let digits = String(1_000_000 + number)
                var string = digits + String(repeating: "y", count: 512 - digits.utf8.count)
                string.withUTF8 { table.append(UnsafeRawBufferPointer($0)) }
            }
            let codes = Codes(narrowing: (0..<65_000).map { UInt32($0 % 60_000) }, limit: table.count)
            batch.columns = [
                Column(
                    key: ColumnKey(.attribute, "t", .string), presence: .all, valueStarts: [0, 65_000],
                    values: .strings(codes, table))
            ]
            return batch
        case .string: return one { $0.attributes = [Attribute("t", .string(text(EventLimits.stringBytes + more)))] }
        case .json:
            let array = "[\"" + text(EventLimits.stringBytes + more - 4) + "\"]"
            return one { $0.attributes = [Attribute("t", .json(array))] }
        case .id: return one { $0.id = text(EventLimits.idBytes + more) }
        case .tenant: return one { $0.tenant = text(EventLimits.nameBytes + more) }
        case .signal: return one { $0.signal = text(EventLimits.nameBytes + more) }
        case .attributeName: return one { $0.attributes = [Attribute(text(EventLimits.nameBytes + more), .int64(1))] }
        case .signals:
            return rows(32_768 + more, signals: (0..<(32_768 + more)).map { String(100_000 + $0) + text(250) })
        case .times:
            var batch = rows(3, signals: ["s"])
            if beyond { batch.times.removeLast() }
            return batch
        }
    }

    /// Rows without columns, of as many signals in turn.
    private static func rows(_ count: Int, signals: [String]) -> EventBatch {
        let each = count / signals.count
        let groups = signals.enumerated().map { SignalGroup(signal: $1, positions: ($0 * each)..<(($0 + 1) * each)) }
        let codes = (0..<count).map { UInt32($0 / each) }
        return EventBatch(
            rowCount: count, times: [Int64](repeating: 1_600_000_000_000_000_000, count: count), groups: groups,
            groupOfRow: Codes(narrowing: codes, limit: signals.count), columns: [])
    }

    @Test(arguments: Case.allCases)
    func `what is within the limits is read back, and what is beyond is refused and not appended`(kind: Case) async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let batch = Self.batch(kind, beyond: false)
        #expect(try await log.append(batch).appended == batch.rowCount)
        let error = await #expect(throws: LogError.self) { try await log.append(Self.batch(kind, beyond: true)) }
        #expect(error?.code == .batchRefused)
        #expect(try await log.append(LogFixture.batch(1)).offsets == UInt64(batch.rowCount)..<UInt64(batch.rowCount + 1))
        try await log.close()
        var rows = 0
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max, onDamage: { Issue.record("\($0)") }) {
            rows += $0.rowCount
        }
        #expect(rows == batch.rowCount + 1)
    }
}
