import ArgumentParser
import VarveEvents
import VarveLog
import VarveWire

/// A durability level: `sync`, `interval` or `interval:MS`.
enum DurabilityArgument: Hashable, ExpressibleByArgument {
    case sync
    case interval(SyncInterval)

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("sync", 1): self = .sync
        case ("interval", 1): self = .interval(.usual)
        case ("interval", 2):
            guard let milliseconds = Int(parts[1]), let interval = SyncInterval(milliseconds: milliseconds) else { return nil }
            self = .interval(interval)
        default: return nil
        }
    }

    var level: Durability { interval == nil ? .sync : .interval }

    var interval: SyncInterval? {
        if case .interval(let interval) = self { interval } else { nil }
    }

    var defaultValueDescription: String { level.rawValue }

    /// Adds the level's fields of every acknowledgement and receipt.
    func add(to line: inout JSONLine) {
        line.field("durability", level.rawValue)
        if let interval { line.field("durable_within_ms", interval.milliseconds) }
    }
}
