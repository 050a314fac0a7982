import VarveEvents
import VarveWire

/// 2026-01-01T00:00:00Z: the clock of all tests.
let testNow = Timestamp(nanoseconds: 1_767_225_600_000_000_000)

/// What an input became.
struct Decoded {
    var events: [Event] = []
    /// Per event, its line.
    var lines: [UInt32] = []
    var rejections: [Rejection] = []
    var blocks: [DecodedBlock] = []
    var received = 0
    var leftOut: [String: Int] = [:]

    var reasons: [RejectionReason] { rejections.map(\.reason) }

    mutating func take(_ block: DecodedBlock) {
        block.batch?.forEachEvent { _, event in events.append(event) }
        lines += block.lines
        rejections += block.rejections
        blocks.append(block)
    }
}

/// Feeds `bytes` in chunks of `chunk` bytes.
func decode(_ bytes: [UInt8], _ options: DecodeOptions, chunk: Int = .max) -> Decoded {
    var decoder = InputDecoder(options)
    var decoded = Decoded()
    bytes.withUnsafeBytes { raw in
        var at = 0
        while at < raw.count {
            let end = at + min(chunk, raw.count - at)
            decoder.feed(UnsafeRawBufferPointer(rebasing: raw[at..<end]))
            at = end
            while let block = decoder.nextBlock() { decoded.take(block) }
        }
    }
    decoder.finish()
    while let block = decoder.nextBlock(flush: true) { decoded.take(block) }
    decoded.received = decoder.received
    decoded.leftOut = decoder.leftOut
    return decoded
}

func decode(_ text: String, _ format: InputFormat = .ndjson, time: TimeFormat = .milliseconds) -> Decoded {
    decode(Array(text.utf8), DecodeOptions(format, now: testNow, timeFormat: time))
}

func printed(_ events: [Event]) -> [UInt8] {
    var printer = EventPrinter()
    for event in events { printer.print(event) }
    return printer.bytes
}

/// A small generator that gives the same numbers for the same seed everywhere (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
