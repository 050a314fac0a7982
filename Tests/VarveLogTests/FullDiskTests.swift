import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// A disk that is full at every operation of an ingest in turn: for that one, for some, and until somebody frees space.
@Suite struct FullDiskTests {
    private static let noSpace = SimulatedDisk.Fault.fail(28)

    /// A log is opened, appended to over several segments, and closed; space is freed; the same is done once more.
    private struct Course {
        let disk = SimulatedDisk()
        /// Numbers of acknowledged events, by offset.
        var acknowledged: [UInt64: Int] = [:]
        var refusals: [LogError.Code] = []
        var operations = 0

        init(fullFrom first: Int, for length: Int) {
            disk.plan(Dictionary(uniqueKeysWithValues: (first..<(first + length)).map { ($0, noSpace) }))
            ingest(0)
            operations = disk.operationCount
            disk.plan([:])
            ingest(1_000)
        }

        private mutating func ingest(_ start: Int) {
            do {
                let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 12 })
                for round in 0..<8 {
                    let batch = LogFixture.batch(5, first: start + round * 5, ids: true)
                    do {
                        let receipt = try core.append([batch], round % 3 == 1 ? .interval : .sync)[0]
                        if round % 3 == 1 { try core.sync() }
                        for (row, offset) in (receipt.offsets ?? 0..<0).enumerated() {
                            acknowledged[offset] = start + round * 5 + row
                        }
                    } catch {
                        refusals.append(LogError(error).code)
                    }
                }
                try core.finish()
            } catch {
                refusals.append(LogError(error).code)
            }
        }
    }

    @Test(arguments: [1, 4, 10_000]) func `nothing acknowledged is lost, and when there is space again all goes in`(
        length: Int
    ) throws {
        let calm = Course(fullFrom: 0, for: 0)
        #expect(calm.refusals == [] && calm.acknowledged.count == 80 && calm.operations > 100)
        var (refused, full) = (0, 0)
        for first in stride(from: 0, to: calm.operations, by: length == 1 ? 1 : 3) {
            let course = Course(fullFrom: first, for: length)
            refused += course.refusals.isEmpty ? 0 : 1
            full += course.refusals.count(where: { $0 == .noSpace })
            // What came after there was space again is all there.
            #expect(course.acknowledged.values.count(where: { $0 >= 1_000 }) == 40, "full at \(first)")
            let strange = course.refusals.filter { $0 != .noSpace && $0 != .acknowledgedLost }
            #expect(strange == [], "full at \(first)")
            let outcomes = [course.disk.kill()] + (0..<2).map { course.disk.crash(seed: UInt64(first * 7 + $0)) }
            for disk in outcomes {
                let core = try LogFixture.core(disk)
                #expect(core.report.damaged == [], "full at \(first)")
                let found = try LogFixture.read(disk)
                #expect(found.damage == [] && Set(found.numbers).count == found.numbers.count, "full at \(first)")
                let numbers = Dictionary(uniqueKeysWithValues: zip(found.offsets, found.numbers))
                for (offset, number) in course.acknowledged where numbers[offset] != Int64(number) {
                    Issue.record("full at \(first): offset \(offset) is \(numbers[offset] ?? -1), not \(number)")
                }
            }
        }
        #expect(refused > 5 && full > 5)
    }
}
