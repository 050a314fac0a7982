import CSnappy
import Testing
import VarveEvents
import VarveWire

/// Remote write of both versions, from bytes made by hand: no sender of 2.0 is to be had.
@Suite struct RemoteWriteTests {
    private static let time: UInt64 = 1_767_225_000_000

    static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var size = snappy_max_compressed_length(bytes.count)
        var output = [CChar](repeating: 0, count: size)
        _ = bytes.withUnsafeBytes { snappy_compress($0.bindMemory(to: CChar.self).baseAddress, bytes.count, &output, &size) }
        return output[..<size].map { UInt8(bitPattern: $0) }
    }

    private static func first() -> [UInt8] {
        ProtobufBytes { request in
            request.message(1) { series in
                for (name, value) in [("__name__", "up"), ("job", "j"), ("empty", "")] {
                    series.message(1) { label in
                        label.text(1, name)
                        label.text(2, value)
                    }
                }
                for (place, value) in [1.5, .infinity, Double(bitPattern: 0x7FF0_0000_0000_0002), .nan].enumerated() {
                    series.message(2) { sample in
                        sample.double(1, value)
                        sample.varint(2, time + UInt64(place))
                    }
                }
                series.message(4) { Self.histogram(&$0) }
            }
            request.message(1) { series in
                series.message(2) { $0.varint(2, time) }
            }
            request.message(3) { metadata in
                metadata.varint(1, 2)
                metadata.text(2, "up")
                metadata.text(4, "Whether it is up.")
            }
        }.bytes
    }

    private static func histogram(_ message: inout ProtobufBytes) {
        message.varint(1, 5)
        message.double(3, 2.5)
        message.varint(4, 6)
        message.double(5, 0.001)
        message.varint(6, 1)
        message.message(11) { span in
            span.varint(1, 3)
            span.varint(2, 2)
        }
        message.data(12, [4, 3])
        message.varint(15, time)
    }

    private static func second(_ symbols: [String] = ["", "__name__", "up", "job", "j", "help"]) -> [UInt8] {
        ProtobufBytes { request in
            for symbol in symbols { request.text(4, symbol) }
            request.message(5) { series in
                series.data(1, [1, 2, 3, 4])
                series.message(2) { sample in
                    sample.double(1, 1)
                    sample.varint(2, time)
                }
                series.message(3) { Self.histogram(&$0) }
                series.message(4) { _ in }
                series.message(5) { metadata in
                    metadata.varint(1, 1)
                    metadata.varint(3, 5)
                }
            }
        }.bytes
    }

    private static func read(_ bytes: [UInt8], _ format: InputFormat = .remoteWrite) -> Decoded {
        decode(bytes, DecodeOptions(format, now: testNow))
    }

    @Test func `samples, histograms and metadata of 1 0 become events`() {
        let decoded = Self.read(Self.packed(Self.first()))
        #expect(decoded.events.map { $0[attribute: "value"] } == [.double(1.5), .string("+Inf"), nil, .string("NaN"), nil, nil])
        #expect(decoded.events[2][attribute: "stale"] == .bool(true))
        #expect(decoded.events[0].time.nanoseconds == 1_767_225_000_000_000_000)
        #expect(decoded.events[0][attribute: "label.job"] == .string("j") && decoded.events[0][attribute: "label.empty"] == nil)
        #expect(decoded.events[4][attribute: "count"] == .double(5) && decoded.events[4][attribute: "sum"] == .double(2.5))
        #expect(
            decoded.events[4][attribute: "histogram"]
                == .json(
                    "{\"schema\":3,\"zero_threshold\":0.001,\"zero_count\":1.0,\"positive_spans\":[[-2,2]],"
                        + "\"positive_deltas\":[2,-2]}"))
        #expect(decoded.events[5].signal == "prometheus.metadata" && decoded.events[5][attribute: "type"] == .string("gauge"))
        #expect(decoded.reasons == [.badName], "a series without a name")
    }

    @Test func `what is written of 2 0 is counted by its kind`() {
        var decoder = InputDecoder(DecodeOptions(.remoteWrite2, now: testNow))
        Self.packed(Self.second()).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var events: [Event] = []
        while let block = decoder.nextBlock(flush: true) { block.batch?.forEachEvent { events.append($1) } }
        #expect(events.map(\.signal) == ["prometheus.sample", "prometheus.sample", "prometheus.metadata"])
        #expect(events[0][attribute: "name"] == .string("up") && events[0][attribute: "label.job"] == .string("j"))
        #expect(events[2][attribute: "help"] == .string("help") && events[2][attribute: "type"] == .string("counter"))
        #expect(decoder.summary.tally == [1, 1, 0] && decoder.summary.leftOut == ["(exemplars)": 1])
    }

    @Test func `references to symbols that are not there are refused`() {
        for symbols in [["", "__name__"], ["x", "__name__", "up", "job", "j", "help"], []] {
            let decoded = Self.read(Self.packed(Self.second(symbols)), .remoteWrite2)
            #expect(decoded.events == [] && decoded.rejections.count == 1, "\(symbols)")
        }
    }

    @Test func `a size that is only claimed costs no memory`() {
        // The size of a block stands at its beginning, as a varint: here 4 GiB, then 64 MiB and a byte.
        for head in [[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x81, 0x80, 0x80, 0x20], [0x80, 0x80, 0x80, 0x20]] as [[UInt8]] {
            #expect(Self.read(head + [0, 0x61]).reasons == [.lineTooLong], "\(head)")
        }
        #expect(Self.read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).reasons == [.syntax])
        #expect(Self.read([3, 0, 0x61]).reasons == [.syntax], "the block is damaged")
    }

    @Test(arguments: [(InputFormat.remoteWrite, first()), (.remoteWrite2, second())])
    func `cut off or changed it is refused or read, and ends nothing`(format: InputFormat, message: [UInt8]) {
        var random = Seeded(state: 7)
        let block = Self.packed(message)
        for length in 0..<message.count { check(Self.read(Self.packed(Array(message[..<length])), format)) }
        for length in 0..<block.count { check(Self.read(Array(block[..<length]), format)) }
        for _ in 0..<2_000 {
            var (changed, packed) = (message, block)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: 0...255, using: &random)
                packed[Int.random(in: 0..<packed.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            check(Self.read(Self.packed(changed), format))
            check(Self.read(packed, format))
        }
    }

    private func check(_ decoded: Decoded) { #expect(decoded.received == decoded.events.count + decoded.rejections.count) }
}
