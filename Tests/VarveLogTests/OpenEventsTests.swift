import Synchronization
import Testing
import VarveEvents

@testable import VarveLog

/// Columns that single events go into, without a log behind them: what is taken of them, and answered, is the test's doing.
@Suite struct OpenEventsTests {
    /// Nobody takes anything until the test does.
    private static func open(_ durability: Durability = .sync) -> OpenEvents { OpenEvents(durability) { _ in nil } }

    private static func producer(_ open: OpenEvents, window: Int = 1_024) -> (EventProducer, TellTale) {
        let told = TellTale()
        return (EventProducer(open, window: window) { told.add($0) }, told)
    }

    private static func take(_ producer: EventProducer, _ event: Event) throws -> UInt64? {
        try producer.take(event, event.checkedBytes())
    }

    /// Answers everything, as a log would that has `offset` events. Returns the numbers of the events, batch by batch.
    @discardableResult
    private static func append(_ open: OpenEvents, at offset: UInt64 = 0) -> [[Int64]] {
        var next = offset
        return open.take().map { waiting in
            var numbers: [Int64] = []
            waiting.batch.forEachEvent { _, event in
                if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
            }
            let offsets = next..<next + UInt64(waiting.batch.rowCount)
            next = offsets.upperBound
            waiting.reply(.success(Receipt(appended: offsets.count, offsets: offsets, durable: Offset(next))))
            return numbers
        }
    }

    @Test(arguments: [1, 2, 100])
    func `a producer has its window on the way and no more`(window: Int) async throws {
        let open = Self.open()
        let (producer, _) = Self.producer(open, window: window)
        for number in 0..<window { #expect(try Self.take(producer, Told.event(number)) == UInt64(number)) }
        #expect(try Self.take(producer, Told.event(window)) == nil)
        #expect(Self.append(open) == [(0..<window).map { Int64($0) }])
        #expect(await producer.flush().appended == UInt64(window))
        #expect(try Self.take(producer, Told.event(window)) == UInt64(window))
    }

    @Test func `a window is full at sixteen mebibytes, and one event larger than that is taken alone`() async throws {
        let open = Self.open()
        let (producer, _) = Self.producer(open)
        let text = String(repeating: "x", count: EventLimits.stringBytes)
        let large = Told.event(0, attributes: (0..<16).map { Attribute("text_\($0)", .string(text)) })
        var count = 0
        while try Self.take(producer, large) != nil { count += 1 }
        #expect(count == 15)
        Self.append(open)
        await producer.flush()
        let huge = Told.event(1, attributes: (0..<300).map { Attribute("text_\($0)", .string(text)) })
        #expect(try Self.take(producer, huge) == 15)
        #expect(try Self.take(producer, Told.event(2)) == nil)
        #expect(Self.append(open) == [[1]])
    }

    @Test func `events are in the window until the handler has been told of them`() async throws {
        final class Look: Sendable {
            let producer = Mutex<EventProducer?>(nil)
            let counts = Mutex<[ProducerCounts]>([])
        }
        let open = Self.open()
        let look = Look()
        let producer = EventProducer(open, window: 4) { _ in
            guard let counts = look.producer.withLock({ $0?.counts }) else { return }
            look.counts.withLock { $0.append(counts) }
        }
        look.producer.withLock { $0 = producer }
        for round in 0..<2 {
            for number in 0..<4 { _ = try Self.take(producer, Told.event(number)) }
            Self.append(open, at: UInt64(round * 4))
            await producer.flush()
        }
        look.producer.withLock { $0 = nil }
        #expect(look.counts.withLock { $0 } == [ProducerCounts(sent: 4), ProducerCounts(sent: 8, appended: 4)])
    }

    @Test func `a sender that waits goes on when its events are answered`() async throws {
        let open = Self.open()
        let (producer, told) = Self.producer(open, window: 3)
        for number in 0..<3 { _ = try Self.take(producer, Told.event(number)) }
        async let sent = producer.send(Told.event(3))
        Self.append(open)
        let number = try await sent
        #expect(number == 3)
        Self.append(open, at: 3)
        await producer.flush()
        #expect(told.all().map(\.offset) == [0, 1, 2, 3])
    }

    @Test func `of many tasks that send with a window of one each goes on, and all end with the log`() async throws {
        let open = Self.open()
        let (producer, _) = Self.producer(open, window: 1)
        _ = try Self.take(producer, Told.event(0))
        let sent = await withTaskGroup(of: Bool.self) { group in
            for number in 1...40 { group.addTask { (try? await producer.send(Told.event(number))) != nil } }
            // Each answer makes room for one. Then the log ends while others wait, or before they have come.
            for round in 0..<20 {
                Self.append(open)
                while producer.counts.sent < round + 2 { await Task.yield() }
            }
            open.refuse(LogError(.inputOutput, "the disk is gone"))
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(sent == 20)
        #expect(await producer.flush() == ProducerCounts(sent: 21, appended: 20, failed: 1))
    }

    @Test func `a batch is one acknowledgement to each producer that had a lane for itself`() async throws {
        let open = Self.open()
        let producers = (0..<LogLimits.eventLanes).map { _ in Self.producer(open) }
        for number in 0..<50 {
            for (producer, _) in producers { _ = try Self.take(producer, Told.event(number)) }
        }
        #expect(Self.append(open) == Array(repeating: Array(0..<50), count: producers.count))
        for (producer, told) in producers {
            #expect(await producer.flush().appended == 50)
            #expect(told.runs() == [0..<50])
        }
    }

    @Test func `a producer that waits for its window leaves its lane to another`() async throws {
        let open = Self.open()
        for index in 0..<LogLimits.eventLanes * 3 {
            let (producer, _) = Self.producer(open, window: 10)
            for number in 0..<10 { _ = try Self.take(producer, Told.event(index * 10 + number)) }
            #expect(try Self.take(producer, Told.event(-1)) == nil)
        }
        let batches = Self.append(open)
        #expect(batches.count <= LogLimits.eventLanes)
        #expect(Set(batches.joined()).count == LogLimits.eventLanes * 30)
    }

    @Test func `producers without lanes of their own share them, and each is told of its own events in order`() async throws {
        let open = Self.open()
        let producers = (0..<LogLimits.eventLanes * 3).map { _ in Self.producer(open) }
        var next: UInt64 = 0
        var stored: [Int64] = []
        for round in 0..<5 {
            for number in round * 7..<round * 7 + 7 {
                for (index, (producer, _)) in producers.enumerated() {
                    #expect(try Self.take(producer, Told.event(index * 1_000 + number)) == UInt64(number))
                }
            }
            let batches = Self.append(open, at: next)
            stored += batches.joined()
            next += UInt64(batches.joined().count)
        }
        for (index, (producer, told)) in producers.enumerated() {
            await producer.flush()
            let found = told.all()
            #expect(found.map(\.number) == Array(0..<35))
            #expect(found.map { stored[Int($0.offset ?? 0)] } == (0..<35).map { Int64(index * 1_000 + $0) })
        }
    }

    @Test func `a full batch is put aside, and order is kept`() async throws {
        let open = Self.open()
        let (producer, told) = Self.producer(open, window: .max)
        let count = EventLimits.rowsPerBatch + 10
        for number in 0..<count { _ = try Self.take(producer, Told.event(number)) }
        #expect(Self.append(open).map(\.count) == [EventLimits.rowsPerBatch, 10])
        await producer.flush()
        #expect(told.runs().map(\.count) == [EventLimits.rowsPerBatch, 10])
    }

    @Test func `the encoder thread is told once that there are events, and once that there are many`() throws {
        let calls = Mutex(0)
        let open = OpenEvents(.interval) { _ in
            calls.withLock { $0 += 1 }
            return nil
        }
        let (producer, _) = Self.producer(open, window: .max)
        for number in 0..<LogLimits.rowsWorthOverlap - 1 { _ = try Self.take(producer, Told.event(number)) }
        #expect(calls.withLock { $0 } == 1 && !open.areMany)
        for number in 0..<100 { _ = try Self.take(producer, Told.event(number)) }
        #expect(calls.withLock { $0 } == 2 && open.areMany)
        let taken = open.take()
        #expect(taken.map(\.durability) == [.interval])
        #expect(!open.areMany && open.take().isEmpty)
        _ = try Self.take(producer, Told.event(0))
        #expect(calls.withLock { $0 } == 3)
    }

    @Test func `at the log's end every event is told of it once, and no more are taken`() async throws {
        let open = Self.open()
        let producers = (0..<6).map { _ in Self.producer(open) }
        for (producer, _) in producers { for number in 0..<9 { _ = try Self.take(producer, Told.event(number)) } }
        let first = open.take()
        for (producer, _) in producers { _ = try Self.take(producer, Told.event(9)) }
        let end = LogError(.inputOutput, "the disk is gone")
        open.refuse(end)
        for waiting in first { waiting.reply(.failure(end)) }
        for (producer, told) in producers {
            #expect(await producer.flush() == ProducerCounts(sent: 10, failed: 10))
            #expect(Set(told.all().map(\.number)) == Set(0..<10))
            #expect(throws: LogError.self) { try Self.take(producer, Told.event(10)) }
        }
        #expect(open.take().isEmpty)
    }

    @Test func `the receipt of a batch is cut into those of its runs`() throws {
        let duplicates = [0, 4, 5, 9].map { DuplicateRow(row: $0, original: Offset(UInt64(100 + $0))) }
        let receipt = Receipt(appended: 6, duplicates: duplicates, offsets: 200..<206, durable: Offset(206))
        var parts = ReceiptParts(.success(receipt))
        let found = try [3, 1, 2, 4].map { try parts.next($0).get() }
        #expect(found.map(\.appended) == [2, 1, 0, 3])
        #expect(found.map(\.offsets) == [200..<202, 202..<203, nil, 203..<206])
        #expect(found.map { $0.duplicates.map(\.row) } == [[0], [], [0, 1], [3]])
        #expect(found.flatMap { $0.duplicates.map(\.original.value) } == [100, 104, 105, 109])
        #expect(found.allSatisfy { $0.durable == Offset(206) && $0.durability == .sync })
    }
}
