import Foundation
import VarveEvents
import VarveLog
import VarveReports

/// A log of single events, a minute apart unless said otherwise.
final class MadeLog {
    private let path: String
    private var events: [Event] = []
    private var next: Int64 = 1_767_571_200_000_000_000

    init() async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "varve-made-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func add(
        _ signal: String, _ attributes: [String: Value] = [:], user: String? = nil, session: String? = nil,
        component: String? = nil, after seconds: Double = 60
    ) throws {
        next += Int64(seconds * 1e9)
        events.append(
            Event(
                time: Timestamp(nanoseconds: next), signal: signal, component: component, session: session, user: user,
                attributes: attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }))
    }

    /// Appends the events, once.
    func rows() async throws -> AnalysisRows {
        let log = try await LogWriter.open(at: path)
        var builder = BatchBuilder()
        for event in events { builder.append(event) }
        _ = try await log.append(builder.finish())
        try await log.close()
        return AnalysisRows(try LogReader.open(at: path), at: path)
    }
}
