internal import VarveProjections
internal import VarveSettings

/// How often a rule is evaluated. A rule that must hold for less than a minute cannot wait for a minute's end.
enum RulePace {
    /// Seconds that divide a minute: instants of rules meet at every minute.
    static let seconds: [Int64] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]
    /// Steps of a window, and of all that a rule looks back over, beyond which steps become longer.
    private static let windowSteps: Int64 = 300
    private static let lookbackSteps: Int64 = 1_500

    /// What `every` says, in nanoseconds.
    static func read(_ node: SettingsNode) throws(SettingsError) -> Int64 {
        let duration = try RuleDuration.read(node)
        guard seconds.contains(duration / 1_000_000_000) else {
            throw node.error(
                .badValue, "\(node.name) must divide a minute: 1s, 2s, 3s, 4s, 5s, 6s, 10s, 12s, 15s, 20s, 30s or 1m")
        }
        return duration
    }

    /// What a rule without `every` is given: a minute, or less where it must hold for less than one or its window is shorter.
    ///
    /// - Parameters:
    ///   - window: Nanoseconds.
    ///   - ago: Nanoseconds that it looks back beside its window.
    static func usual(hold: Int64, window: Int64, ago: Int64) -> Int64 {
        let minute = RuleSource.minute
        if hold >= minute, window % minute == 0, ago % minute == 0 { return minute }
        for seconds in seconds {
            let step = seconds * 1_000_000_000
            guard window % step == 0, ago % step == 0, window / step <= windowSteps else { continue }
            if (window + ago) / step <= lookbackSteps { return step }
        }
        return window % minute == 0 && ago % minute == 0 ? minute : 1_000_000_000
    }
}

extension RuleReader {
    /// Gives `source`, whose window is `length` nanoseconds, its steps.
    func paced(_ source: RuleSource, length: Int64, ago: Int64 = 0, isSmooth: Bool) throws(SettingsError) -> RuleSource {
        var source = source
        if let node = everyNode {
            let every = try RulePace.read(node)
            guard every == RuleSource.minute || (isSmooth && source.bucket == .minute) else {
                throw node.error(
                    .badValue, "\(node.name) below a minute is for conditions with is over minutes, not for band, absent and burn"
                )
            }
            source.every = every
        } else if isSmooth, source.bucket == .minute, !countsEvaluations {
            source.every = RulePace.usual(hold: hold, window: length, ago: ago)
        }
        let node = parts[.window] ?? parts[.condition] ?? everyNode
        guard length > 0, length % source.step == 0, let count = Int(exactly: length / source.step) else {
            let unit = source.bucket == .minute ? RuleDuration.text(source.step) : "whole \(source.bucket.name)s"
            let message = "the window must be one or more times \(unit), not \(RuleDuration.text(length))"
            throw (node ?? self.node).error(.badValue, message)
        }
        source.window = count
        return source
    }
}
