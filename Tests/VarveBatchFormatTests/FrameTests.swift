import Testing
import VarveBatchFormat
import VarveEvents
import VarveTestSupport

let context = FrameContext(
    store: StoreID(high: 1, low: 2), epoch: 3, segment: Offset(0), previousHash: 5, durableUpTo: Offset(0))

func batch(_ events: [Event], first: UInt64 = 0) -> EventBatch {
    var builder = BatchBuilder()
    for event in events { builder.append(event) }
    var batch = builder.finish()
    batch.firstOffset = Offset(first)
    batch.observed = batch.times.map { $0 / 1_000_000 * 1_000_000 + 5_000_000 }
    return batch
}

func events(of batch: EventBatch) -> [Event] {
    var events: [Event] = []
    batch.forEachEvent { _, event in events.append(event) }
    return events
}

func decoded(_ frame: [UInt8], _ select: ColumnSelection = .all) throws -> EventBatch {
    try frame.withUnsafeBytes { raw in
        let header = try FrameHeader(parsing: raw)
        return try FrameDecoder.decode(raw, header, select: select)
    }
}

@Suite struct `A frame` {
    @Test(arguments: [1, 2, 63, 64, 65, 1_023, 1_024, 1_025, 5_000] as [Int], [FrameEffort.ingest, .compact])
    func `decodes to the events it was made of`(count: Int, effort: FrameEffort) throws {
        let given = batch(randomEvents(count: count, seed: UInt64(count)), first: 77)
        let frame = FrameEncoder.encode(given, context, effort: effort)
        #expect(frame.count % 8 == 0)
        let back = try decoded(frame)
        #expect(events(of: back) == events(of: given))
        #expect(back.firstOffset == Offset(77))
        try frame.withUnsafeBytes { try FrameDecoder.verify($0, FrameHeader(parsing: $0)) }
    }

    @Test func `keeps the offsets of rows between holes`() throws {
        var given = batch(randomEvents(count: 50, seed: 1))
        given.offsets = (0..<50).map { UInt64($0 * 3 + 10) }
        let back = try decoded(FrameEncoder.encode(given, context))
        #expect(back.offsets == given.offsets)
        #expect(back.firstOffset == Offset(10))
    }

    @Test func `stores a column that another determines as a mapping, and yields it alone or with its parent`() throws {
        var given = randomEvents(count: 4_000, seed: 9, ids: false)
        for index in given.indices {
            let session = given[index].session ?? ""
            given[index].user = "user of " + session
            given[index].attributes.append(Attribute("zone", .string("zone of user of " + session)))
        }
        let made = batch(given)
        let frame = FrameEncoder.encode(made, context)
        #expect(events(of: try decoded(frame)) == events(of: made))
        let alone = try decoded(frame, ColumnSelection(keys: [.user], times: false))
        #expect(events(of: alone).map(\.user) == given.map(\.user))
        var without = made
        without.columns.removeAll { $0.key == .user }
        #expect(frame.count - FrameEncoder.encode(without, context).count < 1_500, "4,000 codes of 9 bits would be 4,500 bytes")
    }

    @Test func `comes back also where strings have more in common than a prefix may be long`() throws {
        let common = String(repeating: "k", count: EventLimits.stringBytes + 1)
        let source = batch((0..<40).map { Event(time: Timestamp(nanoseconds: $0), signal: "s", component: "\(common)\($0)") })
        #expect(try events(of: decoded(FrameEncoder.encode(source, context))) == events(of: source))
    }

    @Test(arguments: 1...18) func `keeps numbered strings of any length, with and without leading zeros`(digits: Int) throws {
        var random = SeededRandom(seed: UInt64(digits))
        let limit = (0..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        let numbers = [0, limit - 1, limit / 10] + (0..<200).map { _ in random.next() % limit }
        for isPadded in [true, false] {
            let source = batch(numbers.map { number in
                let text = String(number)
                let zeros = isPadded ? String(repeating: "0", count: digits - text.utf8.count) : ""
                return Event(time: Timestamp(nanoseconds: 1), signal: "s", session: "sess_" + zeros + text)
            })
            #expect(try events(of: decoded(FrameEncoder.encode(source, context))) == events(of: source))
        }
    }

    @Test(arguments: [8, 9, 15, 16, 17, 23, 32, 36, 71, 256])
    func `keeps strings of hex digits of any length, and takes no other characters for digits`(length: Int) throws {
        var random = SeededRandom(seed: UInt64(length))
        let digits = Array("0123456789abcdef".utf8)
        for others in ["", "-", "0", "\u{0}", "é", "abcdef"] {
            // Digits that differ, digits and other characters that do not.
            var template = (0..<length).map { _ in random.chance(1, in: 4) ? digits.randomElement(using: &random) ?? 0 : 0 }
            for (place, byte) in others.utf8.enumerated() where place + 1 < length { template[place + 1] = byte }
            for place in 0..<min(length, 10) where others.utf8.count <= 1 && place != 1 { template[place] = 0 }
            var strings = (0..<300).map { _ in
                String(decoding: template.map { $0 == 0 ? digits.randomElement(using: &random) ?? 0 : $0 }, as: UTF8.self)
            }
            func check() throws {
                let source = batch(strings.enumerated().map { number, text in
                    Event(time: Timestamp(nanoseconds: Int64(number)), signal: "s\(number % 3)", id: text, component: text)
                })
                #expect(try events(of: decoded(FrameEncoder.encode(source, context))) == events(of: source))
            }
            try check()
            let place = template.lastIndex(of: 0) ?? 0
            for odd in "/:@`gAoFG\u{0}\u{1f}\u{7f}" {
                let text = Array(strings[150].utf8)
                strings[150] = String(decoding: text[..<place] + Array(String(odd).utf8) + text[(place + 1)...], as: UTF8.self)
                try check()
            }
        }
    }

    @Test func `yields only the columns asked for`() throws {
        let frame = FrameEncoder.encode(batch(randomEvents(count: 300, seed: 2)), context)
        let back = try decoded(frame, ColumnSelection(keys: [.component], times: false))
        #expect(back.columns.map(\.key) == [.component])
        #expect(back.times.isEmpty && back.observed.isEmpty)
    }

    @Test func `cut anywhere is refused`() throws {
        let frame = FrameEncoder.encode(batch(randomEvents(count: 40, seed: 3)), context)
        for length in 0..<frame.count {
            #expect(throws: FormatError.self) { try decoded(Array(frame[..<length])) }
        }
    }

    @Test func `with any bit flipped is refused`() throws {
        let frame = FrameEncoder.encode(batch(randomEvents(count: 12, seed: 4)), context)
        for bit in 0..<(frame.count * 8) {
            var damaged = frame
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: FormatError.self, "bit \(bit)") {
                try damaged.withUnsafeBytes { try FrameDecoder.verify($0, FrameHeader(parsing: $0)) }
            }
        }
    }

    @Test func `of zeros is not a frame`() {
        #expect(throws: FormatError.self) { try decoded([UInt8](repeating: 0, count: 4_096)) }
    }

    @Test func `of another version is refused as newer, not as damaged`() throws {
        var frame = FrameEncoder.encode(batch(randomEvents(count: 3, seed: 4)), context)
        frame[4] = 99
        resealHeader(&frame)
        #expect { try decoded(frame) } throws: { ($0 as? FormatError)?.code == .newerVersion }
    }
}
