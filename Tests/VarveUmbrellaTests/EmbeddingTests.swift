import Foundation
import Testing
import Varve

/// What a program that embeds Varve gets from one import.
struct EmbeddingTests {
    private struct Payload: Codable {
        var retries = 3
        var region = "eu"
        var ratio = 0.5
        var isSlow = true
        var nothing: Int?
        var tags = ["a", "b"]
    }

    @Test func `an event survives its JSON, values of every type`() throws {
        let event = Event(
            time: try #require(Timestamp(rfc3339: "2026-01-21T14:02:09.123456789Z")), signal: "retry.success", id: "a1",
            component: "Cart", session: "s1", user: "u7",
            attributes: [
                Attribute("count", 3), Attribute("flag", true), Attribute("name", "x"), Attribute("ratio", 0.25),
                Attribute("tree", .json("{\"a\":[1,null,{\"b\":\"c\"}]}")),
            ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = try encoder.encode(event)
        #expect(try JSONDecoder().decode(Event.self, from: bytes) == event)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"time\":\"2026-01-21T14:02:09.123456789Z\""))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Event.self, from: Data(#"{"time":"yesterday","signal":"s"}"#.utf8))
        }
    }

    @Test func `a Codable value becomes the attributes of an event`() throws {
        let event = try Event("checkout.done", component: "Cart", data: Payload())
        #expect(event[attribute: "retries"] == 3)
        #expect(event[attribute: "region"] == "eu")
        #expect(event[attribute: "ratio"] == 0.5)
        #expect(event[attribute: "isSlow"] == true)
        #expect(event[attribute: "nothing"] == nil)
        #expect(event[attribute: "tags"] == .json("[\"a\",\"b\"]"))
        #expect(abs(event.time.date.timeIntervalSinceNow) < 60)
    }

    @Test(arguments: [0, 1_737_468_129.125, -86_400.5])
    func `a date and a timestamp are the same moment`(seconds: Double) {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(Timestamp(date).date == date)
    }

    @Test func `dates beyond what a timestamp holds become its ends`() {
        #expect(Timestamp(Date.distantFuture).nanoseconds > 9_000_000_000_000_000_000)
        #expect(Timestamp(Date.distantPast).nanoseconds < -9_000_000_000_000_000_000)
    }

    @Test func `appended events are asked for, and rows are values and Codable`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-embed-\(UUID().uuidString)")
        let path = folder.path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try await LogWriter.open(at: path)
        var builder = BatchBuilder()
        for index in 0..<10 {
            builder.append(try Event("checkout.done", component: index < 6 ? "Cart" : "Pay", data: ["duration_ms": index]))
        }
        _ = try await log.append(builder.finish())
        try await log.close()
        var request = QueryRequest()
        request.by = ["component"]
        request.measures = [.count, QueryMeasure(.max, of: "duration_ms"), QueryMeasure(.average, of: "duration_ms")]
        let rows = try LogQuery.open(at: path).answer(request).rows
        #expect(rows.map { $0["component"]?.string } == ["Cart", "Pay"])
        #expect(rows[0]["count"]?.int == 6)
        #expect(rows[1]["max_duration_ms"]?.double == 9)
        struct Row: Codable, Equatable {
            var component: String
            var count: Int
            var avg_duration_ms: Double
        }
        #expect(try rows.map { try $0.decode(Row.self) } == [
            Row(component: "Cart", count: 6, avg_duration_ms: 2.5), Row(component: "Pay", count: 4, avg_duration_ms: 7.5),
        ])
    }
}
