internal import VarveAlerts
internal import VarveEvents
internal import VarveLog
internal import VarveWorkspace

/// The alert histories that pages were last made of, by data directory, so that the next page folds only the events behind them.
public actor AlertMemory {
    fileprivate struct Entry {
        var history = AlertHistory()
        var folded: UInt64 = 0
        var rules: [AlertRule] = []
        var problems: [String] = []
        /// When the files of rules were read.
        var read: ContinuousClock.Instant?
    }

    private var entries: [String: Entry] = [:]
    /// Files of rules are read at most once in so long.
    private static let filesHold = Duration.seconds(1)
    /// Further directories begin anew each time.
    private static let entriesMax = 256

    public init() {}

    /// Rules, alerts and silences from the events below `offset`, as they were at `time`.
    func state(_ workspace: Workspace, below offset: UInt64, at time: Timestamp) async throws -> AlertsAt {
        let path = workspace.path
        let known = entries[path] ?? Entry()
        let isAhead = known.folded > offset
        let (start, from) = isAhead ? (AlertHistory(), 0) : (known.history, known.folded)
        let history = try await workspace.runQuestion { [reader = workspace.reader] in
            try Self.fold(start, from..<max(from, offset), reader)
        }
        if entries.count >= Self.entriesMax, entries[path] == nil { entries = [:] }
        var entry = entries[path] ?? Entry()
        if offset > entry.folded { (entry.history, entry.folded) = (history, offset) }
        entry.readRules(path, hold: Self.filesHold)
        entries[path] = entry
        return AlertsAt(history: history, written: entry.rules, problems: entry.problems, time: time)
    }

    private static func fold(_ start: AlertHistory, _ range: Range<UInt64>, _ reader: LogReader) throws -> AlertHistory {
        guard !range.isEmpty else { return start }
        var history = start
        var filter = LogFilter()
        filter.signals = ["alert.*", "config.changed", "threshold.changed"]
        let first = max(range.lowerBound, try reader.retained().value)
        if range.lowerBound < first {
            // Of what retention removed, the newest setting of each rule is kept.
            try reader.scanKept(range.lowerBound..<min(first, range.upperBound), where: filter) { batch in
                batch.forEachEvent { offset, event in history.add(event, at: offset) }
            }
        }
        guard first < range.upperBound else { return history }
        try reader.scan(first..<range.upperBound, where: filter, onDamage: { _ in }) { batch in
            batch.forEachEvent { offset, event in history.add(event, at: offset) }
        }
        return history
    }
}

extension AlertMemory.Entry {
    /// Reads the files of rules, where that was long ago. Where they cannot be read, those of before count, as they do for the
    /// server.
    fileprivate mutating func readRules(_ path: String, hold: Duration) {
        let now = ContinuousClock().now
        if let read, now - read < hold { return }
        let isFirst = read == nil
        read = now
        do {
            let set = try RuleSet.of(path)
            (rules, problems) = (set.rules, set.errors.map { "\($0)" })
        } catch {
            if isFirst { rules = BuiltInRules.all }
            problems = ["\(error)"]
        }
    }
}
