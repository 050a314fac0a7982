import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Events that bring their append time along.
@Suite struct ImportTests {
    private static func batch(observed: [Int64]) -> EventBatch {
        var builder = BatchBuilder()
        for stamp in observed {
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: 5), signal: stamp % 2 == 0 ? "even" : "odd",
                    observed: Timestamp(nanoseconds: stamp)))
        }
        return builder.finish()
    }

    private static func observed(_ disk: SimulatedDisk) throws -> [Int64] {
        var found: [Int64] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max, onDamage: { _ in }) { found += $0.observed }
        return found
    }

    @Test func `an import keeps append times, but never lets them go back`() async throws {
        let disk = SimulatedDisk()
        let options = LogFixture.options { $0.keepsObserved = true }
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: options)
        _ = try await log.append(Self.batch(observed: [100, 101, 99, 205]))
        _ = try await log.append(Self.batch(observed: [50, 300]))
        try await log.close()
        #expect(try Self.observed(disk) == [100, 101, 101, 205, 205, 300])
        // Reopened without the option, the clock rules; it is later than all of them.
        let again = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        _ = try await again.append(Self.batch(observed: [7]))
        try await again.close()
        #expect(try Self.observed(disk).last == 1_700_000_000_000_000_000)
    }

    @Test func `a batch without append times is stamped as ever`() async throws {
        let disk = SimulatedDisk()
        let options = LogFixture.options { $0.keepsObserved = true }
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: options)
        _ = try await log.append(LogFixture.batch(2))
        try await log.close()
        #expect(try Self.observed(disk) == [1_700_000_000_000_000_000, 1_700_000_000_000_000_000])
    }
}
