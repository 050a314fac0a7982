import Foundation
import VarveEvents
import VarveLog

/// What looks after a log beside its writer and its readers, without a pause: compaction, and retention of everything that all
/// readers have seen, as if it were long past its time.
struct Maintainer {
    private let path: String
    private let readers: Int
    private var compacted = 0
    private var retained: UInt64 = 0

    init(_ path: String, readers: Int) {
        self.path = path
        self.readers = readers
    }

    mutating func run() throws {
        while true {
            usleep(20_000)
            // No log yet, or a writer that is recovering: later.
            guard let maintenance = try? LogMaintenance.open(at: path) else { continue }
            let report = try maintenance.compact(maintenance.planCompaction())
            if let failed = report.failed.first {
                Torture.say("failed: segment \(failed.segment): \(failed.reason)")
                exit(1)
            }
            compacted += report.rewritten.count
            var request = RetentionRequest(limit: 0)
            request.now = Timestamp(nanoseconds: .max)
            request.isConfirmed = true
            request.hold = ProjectorHold(offset: slowest(), grace: .max, bytes: .max)
            let plan = try maintenance.retain(request) { request in
                [BaseBlob(name: "events", bytes: Array("\(request.to)".utf8))]
            }
            retained = plan.retained
            if !report.rewritten.isEmpty || !plan.removed.isEmpty {
                Torture.say("compacted \(compacted)\nretained \(retained)")
            }
        }
    }

    /// How many events every reader has seen; none while one of them has not said so.
    private func slowest() -> UInt64 {
        let seen = (0..<readers).map { reader in
            (try? String(contentsOfFile: "\(path).progress.\(reader)", encoding: .utf8)).flatMap { UInt64($0.dropLast()) } ?? 0
        }
        return seen.min() ?? 0
    }
}
