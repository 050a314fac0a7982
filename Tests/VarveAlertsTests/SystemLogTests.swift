import Foundation
import Logging
import Testing
import VarveEvents
import VarveLog
import VarveWorkspace

@testable import VarveAlerts

struct SystemLogTests {
    @Test func `notifications are kept as long as is set, and no longer`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-system-\(UUID().uuidString)").path(
            percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = Workspace.Options()
        options.log.segmentRows = 10
        let system = try await Workspace.open(at: path, options: options)
        let notice = try BodyTests.notice(.firing)
        for number in 0..<35 {
            let event = NotificationLog.event(
                NotificationLog.delivered, notice, channel: "c\(number)", key: "k", at: Minutes.time(number))
            try await system.append([event])
        }
        let care = SystemLogRetention(system: system, days: 60, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
        #expect(try await care.once { $0.now = now + .seconds(59 * 86_400) } == 0)
        let gone = try await care.once { $0.now = now + .seconds(61 * 86_400) }
        let retained = try LogReader.open(at: path).retained().value
        #expect(gone >= 20 && retained == gone, "\(gone) of 35, from \(retained)")
        // What is left is still known, and goes on.
        let log = try NotificationLog.read(LogReader.open(at: path))
        #expect(log.settled.count == 35 - Int(gone) && !log.settled.isEmpty)
        try await system.append([
            NotificationLog.event(NotificationLog.delivered, notice, channel: "new", key: "k", at: Minutes.time(40))
        ])
        #expect(try NotificationLog.read(LogReader.open(at: path)).settled.contains { $0.channel == "new" })
        try await system.close()
    }
}
