public import VarveDisk

/// Changes the rules that keep events (`RetentionRule`). The next retention that moves R applies them. It cannot keep events
/// that are already removed, and it drops kept events that no rule keeps any more.
public enum LogKeep {
    /// More rules than this are a mistake: each costs a comparison per signal.
    static let countMax = 256

    /// Adds a rule, and replaces an existing rule for the same signals.
    ///
    /// - Throws: `.refused` for an invalid rule or too many rules.
    public static func add(_ rule: RetentionRule, at path: String, disk: any Disk = RealDisk()) throws(LogError) {
        if let objection = rule.objection { throw LogError(.refused, objection) }
        var isFull = false
        try LogPins.change(path, disk) { manifest in
            manifest.rules.removeAll { $0.signals == rule.signals }
            isFull = manifest.rules.count >= countMax
            if !isFull { manifest.rules.append(rule) }
            return !isFull
        }
        if isFull { throw LogError(.refused, "\(countMax) rules exist already") }
    }

    /// Removes the rule for these signals. Returns false when there is none.
    public static func remove(_ signals: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var existed = false
        try LogPins.change(path, disk) { manifest in
            existed = manifest.rules.contains { $0.signals == signals }
            manifest.rules.removeAll { $0.signals == signals }
            return existed
        }
        return existed
    }
}
