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
        let clock = ContinuousClock()
        let readsRules = known.read.map { clock.now - $0 >= Self.filesHold } ?? true
        let (history, files) = try await workspace.runQuestion { [reader = workspace.reader] in
            let files = readsRules ? Result { try RuleSet.of(path) } : nil
            return (try Self.fold(start, from..<max(from, offset), reader), files)
        }
        if entries.count >= Self.entriesMax, entries[path] == nil { entries = [:] }
        var entry = entries[path] ?? Entry()
        if offset > entry.folded { (entry.history, entry.folded) = (history, offset) }
        if let files { entry.take(files, at: clock.now) }
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
    /// Takes the files of rules. Where they could not be read, those of before count, as they do for the server.
    fileprivate mutating func take(_ files: Result<RuleSet, any Error>, at now: ContinuousClock.Instant) {
        let isFirst = read == nil
        read = now
        do {
            let set = try files.get()
            (rules, problems) = (set.rules, set.errors.map { "\($0)" })
        } catch {
            if isFirst { rules = BuiltInRules.all }
            problems = ["\(error)"]
        }
    }
}
