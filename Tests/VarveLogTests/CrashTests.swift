import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Power cuts at random operations, with every outcome that the simulated disk knows, and recoveries that are cut again.
@Suite struct CrashTests {
    @Test func `no power cut loses an acknowledged event, doubles one, or keeps the log from opening`() throws {
        let states = getenv("VARVE_CRASH_STATES").flatMap { Int(String(cString: $0)) } ?? 600
        let seed = getenv("VARVE_CRASH_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1
        var run = CrashRun(seed: seed)
        while run.states < states { try run.once() }
        print("crash states: \(run.states), seed \(seed), witnesses: \(run.witnesses.sorted { $0.key < $1.key })")
        for witness in ["torn", "unpublished", "clean", "nested", "sealed by recovery", "failed sync", "lost tail"] {
            #expect(run.witnesses[witness, default: 0] > 0, "never seen: \(witness)")
        }
    }
}

struct CrashRun {
    private(set) var states = 0
    private(set) var witnesses: [String: Int] = [:]
    private var random: SeededRandom
    private var seed: UInt64

    /// What the log must hold.
    private struct Model {
        /// Number of the event at each acknowledged offset.
        var acknowledged: [UInt64: Int64] = [:]
        /// Numbers that were handed to an append.
        var tried = 0
    }

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    private static let options = LogFixture.options { $0.segmentRows = 12 }

    /// One life of a log up to a power cut, and several outcomes of it.
    mutating func once() throws {
        var model = Model()
        var disk = SimulatedDisk()
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            live(disk, &model)
            for _ in 0..<6 { try check(disk.crash(seed: random.next()), model) }
            disk = disk.crash(seed: random.next())
            // A log whose creation was cut short is opened again like a new one.
            try check(disk.snapshot(), model)
        }
    }

    /// Appends until the power goes.
    private mutating func live(_ disk: SimulatedDisk, _ model: inout Model) {
        let start = disk.operationCount
        var faults: [Int: SimulatedDisk.Fault] = [:]
        if random.chance(1, in: 3) { faults[start + Int.random(in: 15..<60, using: &random)] = .fail(5) }
        faults[start + Int.random(in: 1..<70, using: &random)] = .powerCut
        disk.plan(faults)
        guard let core = try? LogFixture.core(disk, Self.options) else { return }
        for _ in 0..<100 {
            let batches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                defer { model.tried += 3 }
                return LogFixture.batch(3, first: model.tried, ids: true)
            }
            let first = model.tried - batches.count * 3
            guard let receipts = try? core.append(batches) else {
                // A fault that is no power cut fails one append; the next may succeed.
                if (try? disk.kind("data")) == nil { return }
                witness("failed append")
                continue
            }
            for (index, receipt) in receipts.enumerated() {
                for (row, offset) in (receipt.offsets ?? 0..<0).enumerated() {
                    model.acknowledged[offset] = Int64(first + index * 3 + row)
                }
            }
            if disk.paths.contains(where: { $0.hasPrefix("data/torn/") }) { witness("failed sync") }
        }
    }

    /// The log on `disk` holds what the model says, before recovery as far as readers see, and after it.
    private mutating func check(_ disk: SimulatedDisk, _ model: Model) throws {
        states += 1
        let context = Comment(rawValue: "state \(states) of seed \(seed)")
        if let before = try? LogFixture.read(disk) {
            #expect(before.damage.isEmpty, context)
            expect(before, model, context)
        }
        if random.chance(1, in: 3) {
            disk.plan([disk.operationCount + Int.random(in: 0..<25, using: &random): .powerCut])
            if (try? LogFixture.core(disk, Self.options)) == nil {
                witness("nested")
                return try check(disk.crash(seed: random.next()), model)
            }
            disk.plan([:])
            return try check(disk.crash(seed: random.next()), model)
        }
        let core = try LogFixture.core(disk, Self.options)
        for (_, label) in core.report.cases { witness(label) }
        if core.report.cases.count > 1 { witness("sealed by recovery") }
        #expect(core.report.damaged.isEmpty, context)
        let after = try LogFixture.read(disk)
        #expect(after.damage.isEmpty, context)
        expect(after, model, context)
        for (offset, number) in model.acknowledged {
            let found = offset < UInt64(after.numbers.count) ? after.numbers[Int(offset)] : nil
            #expect(found == number, context)
        }
        if after.numbers.count < model.tried { witness("lost tail") }
        // Every retry is a duplicate of what is there, and only what is not there is appended.
        let all = LogFixture.batch(model.tried, ids: true)
        let receipt = try core.append([all])[0]
        #expect(receipt.appended == model.tried - after.numbers.count, context)
    }

    private func expect(
        _ found: (numbers: [Int64], offsets: [UInt64], damage: [DamagedRange]), _ model: Model, _ context: Comment
    ) {
        #expect(found.offsets == Array(0..<UInt64(found.offsets.count)), context)
        #expect(Set(found.numbers).count == found.numbers.count, context)
        for (offset, number) in zip(found.offsets, found.numbers) {
            if let expected = model.acknowledged[offset] { #expect(number == expected, context) }
        }
    }

    private mutating func witness(_ name: String) { witnesses[name, default: 0] += 1 }
}
