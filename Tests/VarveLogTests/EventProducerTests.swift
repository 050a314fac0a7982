import Synchronization
import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Producers that wait for none of their events, on a log.
@Suite struct EventProducerTests {
    private static func open(
        _ disk: SimulatedDisk, _ change: (inout LogOptions) -> Void = { _ in }
    ) async throws -> (log: LogWriter, events: EventAppender) {
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options(change))
        return (log, EventAppender(log))
    }

    @Test func `events of many producers are in the log once each, in their order, where each was told`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk) { $0.segmentRows = 500 }
        /// By offset, which event was told to be there.
        let places = try await withThrowingTaskGroup(of: [UInt64: Int64].self) { group in
            for number in 0..<12 {
                group.addTask {
                    let (producer, told) = Told.producer(events, window: 1 + number * 7)
                    for index in 0..<200 {
                        let sent = try await producer.send(Told.event(number * 200 + index))
                        #expect(sent == UInt64(index))
                    }
                    let counts = await producer.flush()
                    #expect(counts == ProducerCounts(sent: 200, appended: 200))
                    let found = told.all()
                    #expect(found.map(\.number) == Array(0..<200))
                    #expect(zip(found, found.dropFirst()).allSatisfy { $0.offset ?? .max < $1.offset ?? 0 })
                    return found.reduce(into: [:]) { $0[$1.offset ?? .max] = Int64(number * 200) + Int64($1.number) }
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        try await log.close()
        let found = try LogFixture.read(disk)
        #expect(found.numbers.count == 2_400)
        #expect(found.numbers == (0..<2_400).compactMap { places[$0] })
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().count > 1)
    }

    @Test func `an id that the log has is told with the place of its event, its neighbours with theirs`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let first = try await events.append(Told.event(1_000, id: "a")).offsets?.lowerBound
        let (producer, told) = Told.producer(events, window: 16)
        for number in 0..<60 { try await producer.send(Told.event(number, id: number % 3 == 0 ? "a" : "\(number)")) }
        #expect(await producer.flush() == ProducerCounts(sent: 60, appended: 40, duplicate: 20))
        try await log.close()
        let found = try LogFixture.read(disk).numbers
        #expect(found.count == 41)
        for told in told.all() {
            if told.number % 3 == 0 {
                #expect(told.original == first && told.offset == nil)
            } else {
                #expect(found[Int(told.offset ?? .max)] == Int64(told.number))
            }
        }
    }

    @Test func `an event beyond the limits is refused alone and has no number`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let (producer, told) = Told.producer(events, window: 4)
        let long = Attribute("text", .string(String(repeating: "x", count: EventLimits.stringBytes + 1)))
        let refused = [
            Told.event(7, attributes: [long]), Told.event(7, id: String(repeating: "i", count: EventLimits.idBytes + 1)),
            Told.event(7, attributes: [Attribute(String(repeating: "n", count: EventLimits.nameBytes + 1), .bool(true))]),
            Told.event(7, attributes: (0..<4_096).map { Attribute("wide_\($0)", .bool(true)) }),
        ]
        for (number, event) in refused.enumerated() {
            try await producer.send(Told.event(number))
            let error = await #expect(throws: LogError.self) { try await producer.send(event) }
            #expect(error?.code == .batchRefused)
        }
        #expect(await producer.flush() == ProducerCounts(sent: 4, appended: 4))
        #expect(told.all().map(\.number) == [0, 1, 2, 3])
        try await log.close()
        #expect(try LogFixture.read(disk).numbers == [0, 1, 2, 3])
    }

    @Test func `events with more columns than a batch has go into several, in order`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let (producer, _) = Told.producer(events, window: 100)
        for number in 0..<9 {
            let wide = (0..<900).map { Attribute("wide_\(number)_\($0)", .bool(true)) }
            try await producer.send(Told.event(number, attributes: wide))
        }
        #expect(await producer.flush() == ProducerCounts(sent: 9, appended: 9))
        try await log.close()
        #expect(try LogFixture.read(disk).numbers == Array(0..<9))
    }

    @Test func `a task that is cancelled loses nothing that it sent`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let (producer, told) = Told.producer(events, window: 2)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            for number in 0..<50 { try await producer.send(Told.event(number)) }
            return await producer.flush()
        }
        let counts = try await task.value
        #expect(counts == ProducerCounts(sent: 50, appended: 50))
        #expect(told.all().count == 50)
        try await log.close()
        #expect(try LogFixture.read(disk).numbers == Array(0..<50))
    }

    @Test func `sync failures under load lose nothing that was acknowledged, and everything sent is told once`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk) { $0.segmentRows = 50 }
        let start = disk.operationCount
        disk.plan(Dictionary(uniqueKeysWithValues: (1..<20).map { (start + $0 * 17, SimulatedDisk.Fault.fail(5)) }))
        let acknowledged = await Self.load(events, producers: 8, each: 100)
        try? await log.close()
        try LogFixture.expectKept(acknowledged, after: disk, seed: 3)
        #expect(!acknowledged.isEmpty)
    }

    @Test(arguments: 1...12)
    func `a power cut at any moment takes no event that was acknowledged, and each other is told of it`(seed: Int) async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk) { $0.segmentRows = 64 }
        disk.plan([disk.operationCount + seed * seed: .powerCut])
        let acknowledged = await Self.load(events, producers: 6, each: 200)
        try? await log.close()
        try LogFixture.expectKept(acknowledged, after: disk, seed: UInt64(seed))
    }

    /// The numbers that were acknowledged as appended. Checks that every event that was sent is told of once, in order.
    private static func load(_ events: EventAppender, producers: Int, each: Int) async -> [Int64] {
        await withTaskGroup(of: [Int64].self) { group in
            for number in 0..<producers {
                group.addTask {
                    let (producer, told) = Told.producer(events, window: 8)
                    var sent: UInt64 = 0
                    for index in 0..<each {
                        guard (try? await producer.send(Told.event(number * each + index, id: "\(number)/\(index)"))) != nil
                        else { break }
                        sent += 1
                    }
                    let counts = await producer.flush()
                    #expect(counts.sent == sent && counts.appended + counts.failed == sent)
                    let found = told.all()
                    #expect(found.count == Int(sent))
                    #expect(found.filter { $0.error == nil }.count == Int(counts.appended))
                    let base = UInt64(number * each)
                    // Numbers are those of the events sent, whatever became of them.
                    #expect(told.runs().flatMap { Array($0) } == Array(0..<sent))
                    return found.enumerated().filter { $0.element.error == nil }.map { Int64(base + UInt64($0.offset)) }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test func `when the log is closed what is sent is told of it, and then nothing is taken`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let (producer, told) = Told.producer(events, window: 4)
        try await producer.send(Told.event(0))
        #expect(await producer.flush().appended == 1)
        try await log.close()
        try await producer.send(Told.event(1))
        #expect(await producer.flush() == ProducerCounts(sent: 2, appended: 1, failed: 1))
        #expect(told.all().map(\.error) == [nil, .closed])
        let error = await #expect(throws: LogError.self) { try await producer.send(Told.event(2)) }
        #expect(error?.code == .closed)
        let appended = await #expect(throws: LogError.self) { try await events.append(Told.event(2)) }
        #expect(appended?.code == .closed)
        #expect(producer.counts.sent == 2)
    }

    @Test func `what was sent before the log is closed is appended and told`() async throws {
        let disk = SimulatedDisk()
        let (log, events) = try await Self.open(disk)
        let (producer, _) = Told.producer(events, window: 1_000)
        for number in 0..<300 { try await producer.send(Told.event(number)) }
        try await log.close()
        #expect(await producer.flush() == ProducerCounts(sent: 300, appended: 300))
        #expect(try LogFixture.read(disk).numbers == Array(0..<300))
    }
}

/// What a producer was told of one event.
struct Told: Sendable {
    /// The producer's number of it.
    var number: UInt64 = 0
    var offset: UInt64?
    var original: UInt64?
    var error: LogError.Code?

    static func event(_ number: Int, id: String? = nil, attributes: [Attribute] = []) -> Event {
        Event(
            time: Timestamp(nanoseconds: 1_600_000_000_000_000_000), signal: number % 2 == 0 ? "even" : "odd", id: id,
            observed: Timestamp(nanoseconds: 1), attributes: [Attribute("number", .int64(Int64(number)))] + attributes)
    }

    /// A producer, and what it is told.
    static func producer(_ events: EventAppender, window: Int) -> (EventProducer, TellTale) {
        let told = TellTale()
        return (events.producer(window: window) { told.add($0) }, told)
    }
}

/// Keeps the acknowledgements of a producer.
final class TellTale: Sendable {
    private let acknowledgements = Mutex<[Acknowledgement]>([])

    func add(_ acknowledgement: Acknowledgement) { acknowledgements.withLock { $0.append(acknowledgement) } }

    func runs() -> [Range<UInt64>] { acknowledgements.withLock { $0.map(\.events) } }

    /// One entry per event, by the producer's numbers.
    func all() -> [Told] {
        acknowledgements.withLock { acknowledgements in
            acknowledgements.flatMap { acknowledgement in
                switch acknowledgement.result {
                case .failure(let error):
                    return acknowledgement.events.map { Told(number: $0, error: error.code) }
                case .success(let receipt):
                    var offsets = Array(receipt.offsets ?? 0..<0)[...]
                    #expect(offsets.count == receipt.appended)
                    #expect(receipt.appended + receipt.duplicates.count == acknowledgement.events.count)
                    return acknowledgement.events.enumerated().map { row, number in
                        let original = receipt.duplicates.first { $0.row == row }?.original.value
                        return Told(number: number, offset: original == nil ? offsets.popFirst() : nil, original: original)
                    }
                }
            }
        }
    }
}
