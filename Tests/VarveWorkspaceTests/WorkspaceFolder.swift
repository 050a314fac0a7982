import Foundation
import VarveEvents

/// A data directory that is removed at the end.
struct WorkspaceFolder: ~Copyable {
    let url = FileManager.default.temporaryDirectory.appending(path: "varve-workspace-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.path(percentEncoded: false) }

    /// Events whose attribute `n` counts.
    static func batch(_ range: Range<Int>, signal: String = "a.b") -> EventBatch {
        var builder = BatchBuilder()
        for number in range {
            var event = Event(time: Timestamp(nanoseconds: 1_767_225_600_000_000_000), signal: signal)
            event.attributes = [Attribute("n", .int64(Int64(number)))]
            builder.append(event)
        }
        return builder.finish()
    }

    static func numbers(_ batches: [EventBatch]) -> [Int64] {
        var numbers: [Int64] = []
        for batch in batches {
            batch.forEachEvent { _, event in
                if case .int64(let number)? = event.attributes.first(where: { $0.name == "n" })?.value { numbers.append(number) }
            }
        }
        return numbers
    }
}
