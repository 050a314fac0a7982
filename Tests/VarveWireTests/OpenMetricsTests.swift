import Foundation
import Testing
import VarveEvents
import VarveWire

/// Expositions as text: OpenMetrics' own test suite, and what is special to Prometheus' older format.
@Suite struct OpenMetricsTests {
    private static var cases: URL? {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let shared = ProcessInfo.processInfo.environment["VARVE_SHARED_DATA"].map { URL(filePath: $0) }
        let data = shared ?? folder.deletingLastPathComponent().appending(path: "shared/data")
        let found = data.appending(path: "openmetrics/cases")
        return FileManager.default.fileExists(atPath: found.path) ? found : nil
    }

    private func isTaken(_ bytes: [UInt8]) -> Bool {
        var decoder = InputDecoder(DecodeOptions(.openMetrics, now: testNow))
        bytes.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        while decoder.nextBlock(flush: true) != nil {}
        return decoder.summary.documentProblem == nil
    }

    @Test func `the cases of the format's own suite are taken and refused as it says`() throws {
        guard let folder = Self.cases else {
            print("NOT RUN: the OpenMetrics suite is not in ../shared/data; VARVE_SHARED_DATA says where it is")
            return
        }
        var (taken, refused) = (0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let own = folder.appending(path: name)
            guard let text = FileManager.default.contents(atPath: own.appending(path: "metrics").path),
                let data = FileManager.default.contents(atPath: own.appending(path: "test.json").path),
                let wanted = try (JSONSerialization.jsonObject(with: data) as? [String: Any])?["shouldParse"] as? Bool
            else { continue }
            #expect(isTaken([UInt8](text)) == wanted, "\(name)")
            if wanted { taken += 1 } else { refused += 1 }
        }
        #expect(taken == 44 && refused == 167)
    }

    @Test func `every beginning of an exposition is refused, for its end is missing`() throws {
        let text = Array(
            "# TYPE a counter\n# HELP a b\na_total{k=\"v\\n\"} 1 1767225000.5 # {t=\"x\"} 0.5 1\n# EOF\n".utf8)
        #expect(isTaken(text) && isTaken(text.dropLast()))
        for length in 1..<text.count - 1 { #expect(!isTaken(Array(text[..<length])), "\(length)") }
        let event = try #require(decode(text, DecodeOptions(.openMetrics, now: testNow)).events.first)
        #expect(event.signal == "prometheus.sample" && event.time.nanoseconds == 1_767_225_000_500_000_000)
        #expect(event[attribute: "name"] == .string("a_total") && event[attribute: "label.k"] == .string("v\n"))
        #expect(event[attribute: "value"] == .double(1))
    }

    @Test func `of Prometheus' text a line that is no sample is refused alone`() {
        let text = """
            # HELP a anything
            # TYPE a untyped
            a 1 1767225000000
              a { x = "y" , z="w\\\\", } 0x1p3   1767225000000\u{20}
            a{x="y"} NaN
            a{x="y",x="z"} 1
            a{x="y" 1
            9a 1
            a 1e3 1.5
            a{} +Inf

            a -0.5
            a
            """
        let decoded = decode(Array(text.utf8), DecodeOptions(.prometheusText, now: testNow))
        #expect(decoded.reasons == [.syntax, .syntax, .syntax, .badTime, .syntax])
        #expect(decoded.rejections.map(\.line) == [6, 7, 8, 9, 13] && decoded.lines == [3, 4, 5, 10, 12])
        #expect(decoded.events.map { $0[attribute: "value"] } == [
            .double(1), .double(8), .string("NaN"), .string("+Inf"), .double(-0.5),
        ])
        #expect(decoded.events[1][attribute: "label.z"] == .string("w\\"))
    }

    @Test func `labels that are given take the place of the sample's own`() throws {
        var options = DecodeOptions(.prometheusText, now: testNow)
        options.labels = [try #require(MetricLabel("job", "batch")), try #require(MetricLabel("x", "path"))]
        let event = try #require(decode(Array("a{x=\"own\",y=\"z\"} 1".utf8), options).events.first)
        #expect(event[attribute: "label.x"] == .string("path") && event[attribute: "label.job"] == .string("batch"))
        #expect(event[attribute: "label.y"] == .string("z"))
        #expect(MetricLabel("9", "x") == nil && MetricLabel("a-b", "x") == nil && MetricLabel.base64("YS9i") == "a/b")
    }
}
