import Foundation
import Testing
import VarveEvents
import VarveWire

@Suite struct AccessLogTests {
    private let line =
        #"1.2.3.4 - ann [17/May/2015:10:05:03 +0200] "GET /a/b?q=1&r=2 HTTP/1.1" 200 42 "http://x/" "Agent \"7\" \\o/""#

    @Test func `a combined line gives every field`() {
        let decoded = decode(line, .combined)
        #expect(decoded.rejections == [])
        #expect(
            decoded.events == [
                Event(
                    time: Timestamp(nanoseconds: 1_431_849_903_000_000_000), signal: "http.request", user: "ann",
                    attributes: [
                        Attribute("bytes", .int64(42)), Attribute("client", .string("1.2.3.4")),
                        Attribute("method", .string("GET")),
                        Attribute("path", .string("/a/b")), Attribute("protocol", .string("HTTP/1.1")),
                        Attribute("query", .string("q=1&r=2")), Attribute("referer", .string("http://x/")),
                        Attribute("status", .int64(200)), Attribute("user_agent", .string(#"Agent "7" \o/"#)),
                    ])
            ])
    }

    @Test func `a dash is an absent value`() {
        let decoded = decode(#"h - - [01/Jan/2020:00:00:00 +0000] "-" 408 - "-" "-""#, .combined)
        #expect(decoded.events.first?.attributes == [Attribute("client", .string("h")), Attribute("status", .int64(408))])
        #expect(decoded.events.first?.user == nil)
    }

    @Test(arguments: [
        "shop.example.org:443 203.0.113.9 - -", "shop.example.org 203.0.113.10 - -", "shop.example.org:443 203.0.113.11 - ann",
        "203.0.113.12 (10.1.2.3) - bob", "203.0.113.13, 10.1.2.4 - -", "shop.example.org 203.0.113.9 -", "[a] - -",
        "203.0.113.14 - - -", "shop.example.org:443 - -", "\"x\" - -", "shop 2001:db8::1 -", "203.0.113.14  - -",
    ])
    func `what stands before or beside the client is refused, not taken for it`(front: String) {
        let rest = #" [07/Mar/2025:15:58:51 +0200] "GET /v HTTP/1.1" 200 5 "-" "ua""#
        let decoded = decode(front + rest, .combined)
        #expect(decoded.reasons == [.syntax])
        #expect(decode(front + rest.dropLast(9), .common).reasons == [.syntax])
    }

    @Test(arguments: [
        ("203.0.113.14 - john doe", "203.0.113.14", "john doe"), ("2001:db8::1 - -", "2001:db8::1", nil),
        ("203.0.113.14:5123 - ann", "203.0.113.14:5123", "ann"), ("[2001:db8::1]:80 - ann", "[2001:db8::1]:80", "ann"),
        ("host.example id ann", "host.example", "ann"), ("- - ann", nil, "ann"),
    ] as [(String, String?, String?)])
    func `client and user stand where they are`(front: String, client: String?, user: String?) {
        let decoded = decode(front + #" [07/Mar/2025:15:58:51 +0200] "GET /v HTTP/1.1" 200 5 "-" "ua""#, .combined)
        #expect(decoded.rejections == [])
        #expect(decoded.events.first?[attribute: "client"] == client.map { .string($0) })
        #expect(decoded.events.first?.user == user)
    }

    @Test func `the virtual host and the forwarded addresses have formats of their own`() {
        let rest = #" - ann [07/Mar/2025:15:58:51 +0200] "GET /v HTTP/1.1" 200 5 "-" "ua""#
        let host = decode("shop.example.org:443 203.0.113.9" + rest, .vhostCombined)
        #expect(host.events.first?[attribute: "host"] == .string("shop.example.org"))
        #expect(host.events.first?[attribute: "port"] == .int64(443))
        #expect(host.events.first?[attribute: "client"] == .string("203.0.113.9"))
        #expect(host.events.first?.user == "ann")
        let forwarded = "10.0.0.1" + rest + #" "203.0.113.9, 10.1.2.3""#
        #expect(decode(forwarded, .nginxMain).events.first?[attribute: "forwarded_for"] == .string("203.0.113.9, 10.1.2.3"))
        #expect(decode(forwarded, .combined).reasons == [.syntax])
    }

    @Test func `holes of NUL bytes before a line are passed over`() {
        let good = #"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#
        let hole = String(repeating: "\0", count: 3_000)
        let decoded = decode("\(hole)\(good)\n\(good)\n\(hole)\(good)\n\(hole)", .common)
        #expect(decoded.rejections == [])
        #expect(decoded.lines == [1, 2, 3])
        #expect(decoded.events.allSatisfy { $0[attribute: "client"] == .string("h") })
    }

    @Test func `a request that is no request is kept whole`() {
        let decoded = decode(#"h - - [01/Jan/2020:00:00:00 +0000] "\x16\x03\x01" 400 0"#, .common)
        #expect(decoded.events.first?[attribute: "request"] == .string(#"\x16\x03\x01"#))
        #expect(decoded.events.first?[attribute: "method"] == nil)
    }

    @Test func `the last quote of a line may be missing`() {
        #expect(decode(String(line.dropLast()), .combined).events.count == 1)
        #expect(decode(#"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" ""#, .combined).events.count == 1)
    }

    @Test(arguments: [
        ("hello", InputFormat.combined, RejectionReason.syntax), (#"{"time":1}"#, .combined, .syntax),
        (#"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#, .combined, .syntax),
        (#"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#, .common, .syntax),
        (#"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" two 1"#, .common, .syntax),
        (#"h - - [31/Feb/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#, .common, .badTime),
        (#"h - - [01/Jan/9999:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#, .common, .badTime),
        (#"h - - [01/Jan/2050:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#, .common, .timeOutOfRange),
        ("h - - [01/Jan/2020:00:00:00 +0000] \"\0\" 200 1", .common, .binary),
    ])
    func `each fault has its reason`(line: String, format: InputFormat, reason: RejectionReason) {
        let good = #"h - - [01/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 200 1"# + (format == .combined ? #" "-" "-""# : "")
        let decoded = decode("\(good)\n\(line)\r\n\n\(good)\r\n", format)
        #expect(decoded.reasons == [reason])
        #expect(decoded.lines == [1, 4])
        #expect(decoded.received == 3)
    }

    @Test func `the public access log gives its known answers`() throws {
        guard let bytes = sharedData("access-logs/apache_combined.log") else { return }
        let decoded = decode(bytes, DecodeOptions(.combined, now: testNow), chunk: 100_000)
        #expect(decoded.received == 10_000)
        #expect(decoded.rejections == [])
        var statuses: [Int64: Int] = [:]
        var days: [Int64: Int] = [:]
        var sum: Int64 = 0
        var clients: Set<String> = []
        for event in decoded.events {
            if case .int64(let status) = event[attribute: "status"] { statuses[status, default: 0] += 1 }
            if case .int64(let bytes) = event[attribute: "bytes"] { sum += bytes }
            if case .string(let client) = event[attribute: "client"] { clients.insert(client) }
            days[event.time.nanoseconds / 86_400_000_000_000, default: 0] += 1
        }
        #expect(statuses == [200: 9126, 304: 445, 404: 213, 301: 164, 206: 45, 500: 3, 403: 2, 416: 2])
        #expect(days.sorted { $0.key < $1.key }.map(\.value) == [1632, 2893, 2896, 2579])
        #expect(sum == 2_747_282_740)
        #expect(clients.count == 1_753)
    }
}

/// The bytes of a file of the shared real data; nil, and a loud line, where it is absent.
func sharedData(_ name: String) -> [UInt8]? {
    guard let data = FileManager.default.contents(atPath: sharedPath(name)) else {
        print("NOT RUN: a test on real data, for ../shared/data/\(name) is absent")
        return nil
    }
    return [UInt8](data)
}

/// Beside the checkout, or beside the folder it is in.
func sharedPath(_ name: String) -> String {
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    for up in ["../shared/data/", "../../shared/data/"] {
        let path = folder.appending(path: up + name).standardizedFileURL.path
        if FileManager.default.fileExists(atPath: path) { return path }
    }
    return folder.appending(path: "../shared/data/" + name).path
}
