public import VarveDisk

/// Changes the rules that keep events (`RetentionRule`). The next retention that moves R goes by them: it keeps nothing that has
/// gone before, and lets go of what no rule keeps any more.
public enum LogKeep {
    /// More is a mistake: each costs a comparison for each signal.
    static let countMax = 256

    /// Adds a rule; one for the same signals is replaced.
    ///
    /// - Throws: `.refused` for what is no rule.
    public static func add(_ rule: RetentionRule, at path: String, disk: any Disk = RealDisk()) throws(LogError) {
        if let objection = rule.objection { throw LogError(.refused, objection) }
        var isFull = false
        try LogPins.change(path, disk) { manifest in
            manifest.rules.removeAll { $0.signals == rule.signals }
            isFull = manifest.rules.count >= countMax
            if !isFull { manifest.rules.append(rule) }
            return !isFull
        }
        if isFull { throw LogError(.refused, "\(countMax) rules are there already") }
    }

    /// Removes the rule for these signals. False when there is none.
    public static func remove(_ signals: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var wasThere = false
        try LogPins.change(path, disk) { manifest in
            wasThere = manifest.rules.contains { $0.signals == signals }
            manifest.rules.removeAll { $0.signals == signals }
            return wasThere
        }
        return wasThere
    }
}
