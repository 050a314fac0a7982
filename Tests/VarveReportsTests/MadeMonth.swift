import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveLog
import VarveReports

/// Generated traffic in a log of its own: eight days with one incident of two hours.
final class MadeMonth: Sendable {
    let path: String
    let incident: TrafficIncident

    /// The same for all tests; its incident is on the sixth day, so that five days before it say what is usual.
    static let seed = ProcessInfo.processInfo.environment["VARVE_REPORT_SEED"].flatMap { UInt64($0) } ?? 962_305

    init(events: Int = 80_000, seed: UInt64 = seed) async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "varve-reports-\(UUID().uuidString)").path
        var generator = TrafficGenerator(TrafficOptions(events: events, days: 8, seed: seed))
        incident = generator.incident
        let log = try await LogWriter.open(at: path)
        while true {
            var builder = BatchBuilder()
            guard generator.fill(&builder, limit: 20_000) > 0 else { break }
            _ = try await log.append(builder.finish())
        }
        try await log.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func rows() throws -> AnalysisRows { AnalysisRows(try LogReader.open(at: path), at: path) }

    var start: Timestamp { Timestamp(nanoseconds: incident.range.lowerBound * 1_000_000) }
    var end: Timestamp { Timestamp(nanoseconds: incident.range.upperBound * 1_000_000) }
}

extension AnalysisAnswer {
    func object() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    func objects() throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    }
}
