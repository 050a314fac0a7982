import Foundation
import Testing

@testable import VarveServer

struct FaultRowTests {
    /// The server's sources, as they stand beside this file.
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/VarveServer")

    @Test func `each status of a refusal has one row`() throws {
        let known = Set(FaultRow.rows.map(\.http))
        #expect(known.count == FaultRow.rows.count)
        let walker = try #require(FileManager.default.enumerator(atPath: Self.sources.path))
        var seen: Set<Int> = []
        for case let name as String in walker where name.hasSuffix(".swift") {
            let text = try String(contentsOf: Self.sources.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /(?:Problem|self\.init)\((\d{3}), "/) {
                let status = try #require(Int(match.output.1))
                seen.insert(status)
                #expect(known.contains(status), "\(name): \(status) has no row in FaultRow.swift")
            }
        }
        #expect(seen.count > 10, "refusals were found in the sources")
    }

    @Test func `what passes may be tried again, in both protocols`() {
        for row in FaultRow.rows {
            let isRetried = [429, 503, 507, 408].contains(row.http)
            #expect((row.retry != .never) == isRetried, "\(row.http)")
            // OTLP's clients try again after these, after RESOURCE_EXHAUSTED only with a RetryInfo.
            if isRetried { #expect([4, 8, 14].contains(row.grpc), "\(row.http)") }
            if !isRetried { #expect(![1, 4, 10, 14, 15].contains(row.grpc), "\(row.http)") }
        }
    }

    @Test func `a fault that passes is unavailability, whatever its status`() {
        #expect(FaultRow.of(Problem(500, "x", "x", retryAfter: 3)) == FaultRow(http: 503, grpc: 14, retry: .after(3)))
        #expect(FaultRow.of(Problem(500, "x", "x")).grpc == 13)
    }
}
