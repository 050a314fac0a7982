import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Single events that share batches.
@Suite struct EventAppenderTests {
    private static func event(_ number: Int, id: String? = nil, attributes: [Attribute] = []) -> Event {
        Event(
            time: Timestamp(nanoseconds: 1_600_000_000_000_000_000), signal: number % 2 == 0 ? "even" : "odd", id: id,
            observed: Timestamp(nanoseconds: 1), attributes: [Attribute("number", .int64(Int64(number)))] + attributes)
    }

    @Test func `events of many tasks are in the log once each, at the offsets of their receipts`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let events = EventAppender(log)
        let numbers: [UInt64: Int64] = try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
            for number in 0..<400 {
                group.addTask {
                    let receipt = try await events.append(Self.event(number))
                    #expect(receipt.appended == 1)
                    #expect(receipt.offsets?.count == 1)
                    #expect(receipt.durable.value >= receipt.offsets?.upperBound ?? .max)
                    return (number, receipt.offsets?.lowerBound ?? .max)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.1] = Int64($1.0) }
        }
        try await log.close()
        let found = try LogFixture.read(disk)
        #expect(found.numbers.count == 400)
        #expect(found.numbers == (0..<400).compactMap { numbers[$0] })
    }

    @Test func `events of one task are appended in its order, stamped by the log`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let events = EventAppender(log)
        for number in 0..<20 { #expect(try await events.append(Self.event(number)).offsets?.lowerBound == UInt64(number)) }
        try await log.close()
        #expect(try LogFixture.read(disk).numbers == (0..<20).map { Int64($0) })
        var observed: Set<Int64> = []
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        try reader.scan(0..<UInt64.max, onDamage: { _ in }) { observed.formUnion($0.observed) }
        #expect(observed == [LogFixture.start])
    }

    @Test func `an id that the log has is answered with the place of its event, its neighbours with theirs`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let events = EventAppender(log)
        let first = try await events.append(Self.event(0, id: "a")).offsets?.lowerBound
        let receipts = try await withThrowingTaskGroup(of: (Int, Receipt).self) { group in
            for number in 1..<60 {
                let event = Self.event(number, id: number % 3 == 0 ? "a" : "\(number)")
                group.addTask { (number, try await events.append(event)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        try await log.close()
        let found = try LogFixture.read(disk)
        #expect(found.numbers.count == 41)
        for (number, receipt) in receipts {
            if number % 3 == 0 {
                #expect(receipt.duplicates.map(\.original.value) == [first])
                #expect(receipt.appended == 0 && receipt.offsets == nil)
            } else {
                let offset = Int(receipt.offsets?.lowerBound ?? 0)
                #expect(found.numbers[offset] == Int64(number))
            }
        }
    }

    @Test func `an event beyond the limits is refused alone, and those with many columns do not share a batch`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let events = EventAppender(log)
        func wide(_ number: Int, _ count: Int) -> Event {
            Self.event(number, attributes: (0..<count).map { Attribute("wide_\(number)_\($0)", .bool(true)) })
        }
        let long = Attribute("text", .string(String(repeating: "x", count: EventLimits.stringBytes + 1)))
        let codes = await withTaskGroup(of: (Int, LogError.Code?).self) { group in
            for number in 0..<7 {
                group.addTask {
                    do throws(LogError) {
                        let event = Self.event(number, attributes: [long])
                        _ = try await events.append(number == 6 ? event : wide(number, number == 5 ? 4_096 : 900))
                        return (number, nil)
                    } catch {
                        return (number, error.code)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(codes == [5: .batchRefused, 6: .batchRefused])
        try await log.close()
        #expect(try LogFixture.read(disk).numbers.sorted() == [0, 1, 2, 3, 4])
    }

    @Test func `after the log is closed an event is refused`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let events = EventAppender(log)
        _ = try await events.append(Self.event(0))
        try await log.close()
        let error = await #expect(throws: LogError.self) { try await events.append(Self.event(1)) }
        #expect(error?.code == .closed)
    }
}
