import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// What rules say, and what they keep.
@Suite struct KeptRuleTests {
    private static let debt = RetentionRule(
        signals: "debt.*",
        whileOpen: OpenCondition(
            keys: ["id"], opens: "debt.added", closes: "debt.dropped", status: "status", closed: ["done", "void"]))

    /// Signal, thing, status; the letters of the events that are kept.
    @Test(arguments: [
        ("a debt.added 1 -", "a"), ("a debt.added 1 -; b debt.updated 1 done", ""),
        ("a debt.added 1 -; b debt.updated 1 done; c debt.updated 1 open", "abc"),
        ("a debt.added 1 -; b debt.added 2 -; c debt.updated 2 void", "a"),
        ("a debt.added 1 -; b debt.dropped 1 open", ""), ("a debt.updated 1 -", ""), ("a debt.updated 1 begun", "a"),
        ("a debt.added 1 -; b debt.updated 1 done; c debt.updated 1 -", ""), ("a debt.added - -", ""),
        ("a other.added 1 -; b debt.added 1 -", "b"), ("a debt.added 1 done", ""),
        ("a debt.added 1 -; b debt.updated 1 Done", ""), ("a debt.added 1 -; b debt.updated 1 VOID", ""),
        // By the events' own times, in whatever order they came: the last word is a time.
        ("a debt.updated 1 done 9; b debt.added 1 - 2", ""), ("a debt.updated 1 done 2; b debt.added 1 - 9", "ab"),
        ("a debt.dropped 1 open 7; b debt.updated 1 open 5; c debt.added 1 - 1", ""),
        ("a debt.updated 1 done 4; b debt.updated 1 open 4", ""),
    ])
    func `events stay while the last that was said of their thing is that it is open`(events: String, kept: String) throws {
        var builder = BatchBuilder()
        for (index, event) in events.split(separator: ";").enumerated() {
            let words = event.split(separator: " ").map(String.init)
            var attributes = [Attribute("letter", .string(words[0]))]
            if words[2] != "-" { attributes.append(Attribute("id", .string(words[2]))) }
            if words[3] != "-" { attributes.append(Attribute("status", .string(words[3]))) }
            let time = words.count > 4 ? Int64(words[4]) ?? 0 : Int64(index + 1)
            builder.append(Event(time: Timestamp(nanoseconds: time), signal: words[1], attributes: attributes))
        }
        let batch = builder.finish()
        var selection = KeptSelection([Self.debt], at: Timestamp(nanoseconds: 5))
        selection.learn(batch)
        var letters = ""
        selection.kept(batch)?.forEachEvent { _, event in
            if case .string(let letter)? = event[attribute: "letter"] { letters += letter }
        }
        #expect(letters == kept)
    }

    @Test func `of more closed things than are remembered, too much is kept and not too little`() {
        func kept(_ closedMax: Int) -> Int {
            var builder = BatchBuilder()
            for (status, time) in [("done", Int64(9)), ("open", 2)] {
                for thing in 0..<4 {
                    builder.append(
                        Event(
                            time: Timestamp(nanoseconds: time), signal: "debt.updated",
                            attributes: [Attribute("id", .string("\(thing)")), Attribute("status", .string(status))]))
                }
            }
            var selection = KeptSelection([Self.debt], at: Timestamp(nanoseconds: 5), closedMax: closedMax)
            let batch = builder.finish()
            selection.learn(batch)
            return selection.kept(batch)?.rowCount ?? 0
        }
        #expect(kept(4) == 0)
        #expect(kept(3) == 2)
        #expect(kept(0) == 8)
    }

    /// Signal and thing; the letters that are kept by a rule about notes alone, and by the same rule of what it kept.
    @Test(arguments: [
        ("a ticket.new 1; b ticket.note 1", "ab"), ("a ticket.new 1; b ticket.note 1; c ticket.done 1", ""),
        ("a ticket.note 1", ""), ("a ticket.new 1; b ticket.note 1; c ticket.note 2; d other 1", "ab"),
        ("a ticket.new 1; b ticket.done 1; c ticket.new 1; d ticket.note 1", "acd"),
    ])
    func `what opens and closes a thing counts, and opens it still at the next retention, though signals do not name it`(
        events: String, kept: String
    ) throws {
        let thing = OpenCondition(keys: ["id"], opens: "ticket.new", closes: "ticket.done")
        var builder = BatchBuilder()
        for (index, event) in events.split(separator: ";").enumerated() {
            let words = event.split(separator: " ").map(String.init)
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: Int64(index + 1)), signal: words[1],
                    attributes: [Attribute("letter", .string(words[0]))]
                        + words.dropFirst(2).map { Attribute("id", .string($0)) }))
        }
        var left: EventBatch? = builder.finish()
        for _ in 0..<2 {
            var selection = KeptSelection(
                [RetentionRule(signals: "ticket.note", whileOpen: thing)], at: Timestamp(nanoseconds: 5))
            left.map { selection.learn($0) }
            left = left.flatMap { selection.kept($0) }
            var letters = ""
            left?.forEachEvent { _, event in
                if case .string(let letter)? = event[attribute: "letter"] { letters += letter }
            }
            #expect(letters == kept)
        }
    }

    @Test func `a thing that was closed goes with the next segments, all of its events, and others stay`() throws {
        let disk = SimulatedDisk()
        let clock = Monitor(LogFixture.start)
        let options = LogFixture.options {
            $0.segmentRows = 4
            $0.rules = [Self.debt]
            $0.clock = { Timestamp(nanoseconds: clock.withLock { $0 }) }
        }
        let core = try LogFixture.core(disk, options)
        // A day each: two debts are added; one is done on day 3.
        for day in 0..<6 {
            clock.withLock { $0 = LogFixture.start + Int64(day) * LogFixture.day }
            var builder = BatchBuilder()
            for row in 0..<4 {
                let (debt, status) = day == 3 && row == 1 ? ("debt.updated", "done") : ("debt.added", "open")
                let signal = row < 2 && day.isMultiple(of: 3) ? debt : "noise"
                builder.append(
                    Event(
                        time: Timestamp(nanoseconds: 1), signal: signal, id: "\(day)\(row)",
                        attributes: [Attribute("id", .int64(Int64(row))), Attribute("status", .string(status))]))
            }
            _ = try core.append([builder.finish()])
        }
        try core.finish()
        let after = disk.kill()
        var found: [[UInt64]] = []
        for day in [2, 4, 5] as [Int64] {
            var request = RetentionRequest(limit: LogFixture.day)
            request.now = Timestamp(nanoseconds: LogFixture.start + day * LogFixture.day + 1)
            request.isConfirmed = true
            _ = try LogMaintenance.open(at: LogFixture.path, disk: after).retain(request)
            var offsets: [UInt64] = []
            try LogReader.open(at: LogFixture.path, disk: after).scanKept(0..<UInt64.max) { batch in
                batch.forEachEvent { offset, _ in offsets.append(offset.value) }
            }
            found.append(offsets)
        }
        // On day 4 the segment of day 3 goes, where 1 is done and 0 is open once more.
        #expect(found == [[0, 1], [0, 12], [0, 12]])
        #expect(after.paths.contains { $0.hasSuffix(".1.kept") } && !after.paths.contains { $0.hasSuffix("0.0.kept") })
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: after).faults == [])
    }

    @Test func `a rule is the same after it was written and read`() throws {
        let rules = [
            RetentionRule(signals: "config.*"), RetentionRule(signals: "a", limit: 7), Self.debt,
            RetentionRule(signals: "x.*", whileOpen: OpenCondition(keys: ["a", "user"], opens: "x.on", closes: "x.off")),
        ]
        for rule in rules {
            #expect(rule.objection == nil)
            #expect(try RetentionRule(text: rule.text, limit: rule.limit) == rule)
        }
        for text in ["a b", "a while-open", "a while-open by=x", "a while-open by=x opens=y z=1", "a while-open by"] {
            #expect(throws: (any Error).self) { try RetentionRule(text: text, limit: 1) }
        }
        var manifest = Manifest(store: LogFixture.store)
        manifest.rules = rules
        #expect(try Manifest(parsing: manifest.encoded()).rules == rules)
    }

    @Test(arguments: ["", "a b", "a,b", "a=b", "a\tb", String(repeating: "x", count: 129)])
    func `names that a rule cannot have are refused`(name: String) throws {
        let disk = try LogFixture.tenDays()
        let rules = [
            RetentionRule(signals: name),
            RetentionRule(signals: "a", whileOpen: OpenCondition(keys: [name], opens: "b", closes: "c")),
        ]
        for rule in rules {
            let error = #expect(throws: LogError.self) { try LogKeep.add(rule, at: LogFixture.path, disk: disk) }
            #expect(error?.code == .refused)
        }
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).rules().isEmpty)
    }

    /// Found by the simulator, seed 5, when both copies were written over themselves: the sync of one failed, and the power went
    /// while the other was written.
    @Test func `a sync of a manifest that failed, and a power cut in the next change, lose neither rules nor pins`() throws {
        var cuts = 0
        for failing in 0..<9 {
            for cutting in 0..<9 {
                let disk = try LogFixture.tenDays()
                try LogKeep.add(Self.debt, at: LogFixture.path, disk: disk)
                try LogPins.pin(RetentionPin(offsets: 90..<91, name: "a"), at: LogFixture.path, disk: disk)
                disk.plan([disk.operationCount + failing: .fail(5)])
                try? LogPins.pin(RetentionPin(offsets: 91..<92, name: "b"), at: LogFixture.path, disk: disk)
                disk.plan([disk.operationCount + cutting: .powerCut])
                try? LogPins.pin(RetentionPin(offsets: 92..<93, name: "c"), at: LogFixture.path, disk: disk)
                if disk.isOff { cuts += 1 }
                for seed in 0..<4 as Range<UInt64> {
                    let after = disk.crash(seed: seed)
                    let core = try LogFixture.core(after)
                    try core.finish()
                    #expect(!core.report.manifestRebuilt)
                    let reader = try LogReader.open(at: LogFixture.path, disk: after)
                    #expect(try reader.rules() == [Self.debt])
                    #expect(try reader.pins().map(\.name).contains("a"))
                }
            }
        }
        #expect(cuts > 60)
    }
}
