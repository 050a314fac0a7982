import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Two operations that fail while events of level `interval` wait for their sync and two groups are committed at once.
@Suite struct TwoFaultTests {
    private static let errors: [Int32] = [5, 28]

    /// What a log was told, and whether its writer goes on.
    private struct Course {
        let disk = SimulatedDisk()
        /// Numbers of acknowledged events, by offset.
        var acknowledged: [UInt64: Int] = [:]
        /// Operations that were made when the faults were over.
        var operations = 0
        var isAtItsEnd = false

        /// Appends; `planned` faults count from the commit of the two groups on.
        init(_ planned: [Int: SimulatedDisk.Fault]) throws {
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 12 })
            note(try core.append([LogFixture.batch(2)]), 0)
            note(try core.append([LogFixture.batch(9, first: 2)], .interval), 2)
            let before = disk.operationCount
            disk.plan(Dictionary(uniqueKeysWithValues: planned.map { (before + $0.key, $0.value) }))
            // The first fits into the segment, the second begins one.
            let groups = [(11, 1), (12, 5)].map { first, rows in
                let batch = StampedBatch(batch: LogFixture.batch(rows, first: first))
                return core.plan([batch], durable: core.appender.durable)
            }
            for (first, outcome) in zip([11, 12], core.commit(groups)) {
                if case .success(let replies) = outcome { note(try replies.map { try $0.get() }, first) }
            }
            try? core.sync()
            operations = disk.operationCount - before
            disk.plan([:])
            isAtItsEnd = core.end != nil
            for first in [100, 110, 120] where core.end == nil {
                if let receipts = try? core.append([LogFixture.batch(10, first: first)]) { note(receipts, first) }
            }
            try? core.finish()
        }

        private mutating func note(_ receipts: [Receipt], _ first: Int) {
            for receipt in receipts {
                for (number, offset) in (receipt.offsets ?? 0..<0).enumerated() { acknowledged[offset] = first + number }
            }
        }
    }

    @Test(arguments: errors)
    func `a writer that goes on has everything that it acknowledged, where it said`(error: Int32) throws {
        let calm = try Course([:])
        #expect(calm.acknowledged.count == 47 && calm.operations > 8)
        var wentOn = 0
        for first in 0..<calm.operations + 12 {
            for second in first + 1..<first + 12 {
                let course = try Course([first: .fail(error), second: .fail(5)])
                guard !course.isAtItsEnd else { continue }
                wentOn += 1
                let after = course.disk.kill()
                let report = try LogFixture.core(after).report
                #expect(report.quarantined.isEmpty, "faults \(first), \(second)")
                let found = try LogFixture.read(after).numbers
                for (offset, number) in course.acknowledged where offset >= found.count || found[Int(offset)] != number {
                    Issue.record("faults \(first), \(second): event \(number) is not at offset \(offset)")
                    break
                }
            }
        }
        #expect(wentOn > 100)
    }
}
