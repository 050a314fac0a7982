import Testing
import VarveEvents
import VarveWire

/// What many records of a document share costs each of them: documents of which every record is little, and all of them
/// together are not, are refused as a whole.
@Suite struct SharedFieldsTests {
    private func problem(_ bytes: [UInt8], _ format: InputFormat) -> String? {
        var decoder = InputDecoder(DecodeOptions(format, now: testNow))
        bytes.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var events = 0
        while let block = decoder.nextBlock(flush: true) { block.batch?.forEachEvent { _, _ in events += 1 } }
        let problem = decoder.summary.documentProblem
        #expect(problem == nil || events == 0)
        return problem
    }

    /// A series with `samples` samples and as many labels as `labels` says.
    private func series(_ labels: [(String, String)], samples: Int) -> [UInt8] {
        let bytes = ProtobufBytes { request in
            request.message(1) { series in
                for (name, value) in [("__name__", "up")] + labels {
                    series.message(1) { label in
                        label.text(1, name)
                        label.text(2, value)
                    }
                }
                for place in 0..<samples {
                    series.message(2) { sample in
                        sample.double(1, 1)
                        sample.varint(2, 1_767_225_000_000 + UInt64(place))
                    }
                }
            }
        }.bytes
        return RemoteWriteTests.packed(bytes)
    }

    @Test func `labels that say nothing cost each sample as much as others`() {
        let empty = Array(repeating: ("a", ""), count: 3_000)
        #expect(problem(series(empty, samples: 10), .remoteWrite) == nil)
        #expect(problem(series(empty, samples: 1_000), .remoteWrite) != nil)
    }

    @Test func `long texts cost each record as much as many short ones`() {
        let long = [("a", String(repeating: "x", count: 60_000))]
        #expect(problem(series(long, samples: 10), .remoteWrite) == nil)
        #expect(problem(series(long, samples: 2_000), .remoteWrite) != nil)
    }

    @Test func `a name and a text that are too long are refused as before`() {
        let name = [(String(repeating: "a", count: 100_000), "x"), ("b", "y")]
        let decoded = decode(series(name, samples: 3), DecodeOptions(.remoteWrite, now: testNow))
        #expect(decoded.events.map { $0[attribute: "label.b"] } == [.string("y"), .string("y"), .string("y")])
        #expect(decoded.leftOut == ["(fields whose names are none)": 3])
        let text = [("a", String(repeating: "x", count: EventLimits.stringBytes + 1))]
        let refused = decode(series(text, samples: 2), DecodeOptions(.remoteWrite, now: testNow))
        #expect(refused.reasons == [.stringTooLong, .stringTooLong])
    }

    @Test func `what a transaction says of itself costs each of its spans`() {
        func envelope(_ tags: Int, _ spans: Int) -> [UInt8] {
            let tags = (0..<tags).map { "\"a\":\($0)" }.joined(separator: ",")
            let own = "{\"span_id\":\"00f067aa0ba902b8\",\"start_timestamp\":1767225000.5,\"timestamp\":1767225001.5}"
            let transaction = """
                {"type":"transaction","transaction":"t","start_timestamp":1767225000.5,"timestamp":1767225001.5,\
                "contexts":{"trace":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}},\
                "tags":{\(tags)},"spans":[\(Array(repeating: own, count: spans).joined(separator: ","))]}
                """
            return Array("{}\n{\"type\":\"transaction\"}\n\(transaction)\n".utf8)
        }
        #expect(problem(envelope(20, 50), .sentryEnvelope) == nil)
        #expect(problem(envelope(2_000, 500), .sentryEnvelope) != nil)
    }
}
