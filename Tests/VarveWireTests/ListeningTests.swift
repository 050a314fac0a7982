import CZlib
import Testing
import VarveEvents
import VarveWire

/// What listeners cut out of the bytes of connections and datagrams.
@Suite struct ListeningTests {
    private func messages(
        _ bytes: [UInt8], _ kind: MessageFramer.Kind, cut: Int, most: Int = 1_000
    ) -> (found: [String], end: String) {
        var framer = MessageFramer(kind, most: most)
        var found: [String] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            bytes[start..<min(bytes.count, start + cut)].withUnsafeBytes { framer.feed($0) }
            while true {
                switch framer.next() {
                case .message(let message):
                    found.append(String(decoding: message, as: UTF8.self))
                    continue
                case .broken(let why): return (found, why)
                case .needsMore: break
                }
                break
            }
        }
        return (found, framer.finish().map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    @Test(arguments: [1, 2, 7, 1_000]) func `syslog is cut by lengths and by newlines, whatever arrives at once`(cut: Int) {
        let text = "11 <34>1 a\nb c<13>one\n\n<13>two\r\n5 <1>ab<13>left"
        let (found, rest) = messages(Array(text.utf8), .syslog, cut: cut)
        #expect(found == ["<34>1 a\nb c", "<13>one", "<13>two\r", "<1>ab"])
        #expect(rest == "<13>left")
    }

    @Test func `a message that is too long breaks its connection`() {
        let long = String(repeating: "a", count: 30)
        #expect(messages(Array("1000 <1>".utf8), .syslog, cut: 3, most: 20).end.contains("1000 bytes"))
        #expect(messages(Array(("<1>" + long + "\n").utf8), .syslog, cut: 3, most: 20).end.contains("more than 20"))
        #expect(messages(Array((long + "\0").utf8), .nul, cut: 3, most: 20).end.contains("more than 20"))
        #expect(messages([0xDD, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0xC0, count: 40), .messagePack, cut: 3, most: 20).end
            .contains("more than 20"))
        #expect(messages([0xC1], .messagePack, cut: 1).end.contains("no MessagePack"))
        #expect(messages([0xDF, 0xFF, 0xFF, 0xFF, 0xFF], .messagePack, cut: 1).end.contains("no MessagePack"))
    }

    @Test(arguments: [1, 3, 50]) func `values of MessagePack are cut where they end`(cut: Int) {
        let one: [UInt8] = [0x93, 0xA1, 0x61, 0x01, 0x81, 0xA1, 0x62, 0xC4, 2, 0, 1]
        let two: [UInt8] = [0x92, 0xD7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xDC, 0, 2, 0xC0, 0xCB, 0, 0, 0, 0, 0, 0, 0, 0]
        var framer = MessageFramer(.messagePack, most: 100)
        var found: [[UInt8]] = []
        let all = one + two + one
        for start in stride(from: 0, to: all.count, by: cut) {
            all[start..<min(all.count, start + cut)].withUnsafeBytes { framer.feed($0) }
            while case .message(let message) = framer.next() { found.append(message) }
        }
        #expect(found == [one, two, one] && framer.held == 0)
    }

    @Test func `chunks come in any order, once or twice, and old ones are given up`() {
        var chunks = GELFChunks(most: 1_000)
        func chunk(_ id: UInt8, _ place: UInt8, _ count: UInt8, _ text: String) -> [UInt8] {
            [0x1E, 0x0F] + [UInt8](repeating: id, count: 8) + [place, count] + Array(text.utf8)
        }
        func take(_ bytes: [UInt8], _ now: Double) -> GELFChunks.Outcome { bytes.withUnsafeBytes { chunks.take($0, now: now) } }
        #expect(take(chunk(1, 1, 2, "}"), 0) == .waiting)
        #expect(take(chunk(1, 1, 2, "}"), 0) == .waiting)
        #expect(take(chunk(1, 0, 2, "{"), 1) == .message(Array("{}".utf8)))
        #expect(take(chunk(2, 0, 2, "{"), 1) == .waiting)
        #expect(take(Array("{}".utf8), 7) == .message(Array("{}".utf8)))
        #expect(chunks.dropped == 1)
        for bad in [chunk(3, 2, 2, "a"), chunk(3, 0, 0, "a"), chunk(3, 0, 129, "a"), [0x1E, 0x0F, 1]] {
            guard case .broken = take(bad, 8) else {
                Issue.record("\(bad) was taken")
                continue
            }
        }
        for id in 0..<UInt64(3_000) {
            let head = withUnsafeBytes(of: id) { Array($0) }
            _ = take([0x1E, 0x0F] + head + [0, 2] + [UInt8](repeating: 1, count: 9_000), 9)
        }
        #expect(chunks.dropped > 1_000)
    }

    @Test func `what unpacks to more than a message may have is broken`() {
        let bytes = [UInt8](repeating: 0x20, count: 5_000)
        var packed = [UInt8](repeating: 0, count: 6_000)
        var length = uLong(packed.count)
        #expect(compress(&packed, &length, bytes, uLong(bytes.count)) == Z_OK)
        let small = Array(packed.prefix(Int(length)))
        var chunks = GELFChunks(most: 5_000)
        #expect(small.withUnsafeBytes { chunks.take($0, now: 0) } == .message(bytes))
        chunks = GELFChunks(most: 4_999)
        guard case .broken = small.withUnsafeBytes({ chunks.take($0, now: 0) }) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func `a chunk's acknowledgement is MessagePack, for chunks of any length`() {
        #expect(ListenedMessage.fluentAcknowledgement(of: "c1") == [0x81, 0xA3, 0x61, 0x63, 0x6B, 0xA2, 0x63, 0x31])
        for count in [0, 31, 32, 255, 256, 70_000] {
            var framer = MessageFramer(.messagePack, most: 100_000)
            ListenedMessage.fluentAcknowledgement(of: String(repeating: "x", count: count)).withUnsafeBytes { framer.feed($0) }
            guard case .message = framer.next() else {
                Issue.record("\(count)")
                continue
            }
            #expect(framer.held == 0)
        }
    }

    @Test func `syslog's text is made UTF-8, and its length is its own`() {
        #expect(ListenedMessage.syslogFrame([0x3C, 0x31, 0x3E, 0xFF, 0x0A, 0]) == Array("6 <1>\u{FFFD}\n".utf8))
        #expect(ListenedMessage.syslogFrame([0x0A, 0]) == [])
    }

    @Test func `a message without a time that can be read is taken where the listener wants any`() {
        var options = DecodeOptions(.syslog, now: goldenNow)
        options.takesAnySyslog = true
        let text = "<13>no time\n<13>1 - h a - - - text\n<13>99 bottles\n"
        let decoded = decode(Array(text.utf8), options)
        #expect(decoded.rejections == [] && decoded.events.map(\.time) == [goldenNow, goldenNow, goldenNow])
        #expect(decoded.events.map { $0[attribute: "message"] } == [.string("no time"), .string("text"), .string("99 bottles")])
        #expect(decode(Array(text.utf8), DecodeOptions(.syslog, now: goldenNow)).rejections.count == 3)
    }

    private static let alphabet: [UInt8] = [
        0x30, 0x31, 0x39, 0x20, 0x3C, 0x3E, 0x0A, 0, 0x93, 0xDD, 0xC4, 0x1E, 0x0F, 0x1F, 0x8B, 0x78, 0x9C,
    ]

    @Test func `any bytes in any parts end nothing, and nothing is held beyond the limit`() {
        var random = Seeded(state: 17)
        for kind in [MessageFramer.Kind.syslog, .nul, .messagePack] {
            for _ in 0..<300 {
                var framer = MessageFramer(kind, most: 500)
                var chunks = GELFChunks(most: 500)
                for _ in 0..<20 {
                    let count = Int.random(in: 0...200, using: &random)
                    let bytes = (0..<count).map { _ in
                        Bool.random(using: &random)
                            ? UInt8.random(in: 0...255, using: &random) : Self.alphabet.randomElement(using: &random) ?? 0
                    }
                    bytes.withUnsafeBytes { framer.feed($0) }
                    bytes.withUnsafeBytes { _ = chunks.take($0, now: 0) }
                    _ = ListenedMessage.fluentChunk(of: bytes)
                    while case .message(let message) = framer.next() { #expect(message.count <= 500) }
                    if case .broken = framer.next() { break }
                    #expect(framer.held <= 500)
                }
            }
        }
    }
}
