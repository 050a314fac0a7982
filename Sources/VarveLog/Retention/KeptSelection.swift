// Decides which of the removed events are kept. All of them are read twice in offset order: first to learn what is open at the
// end, then to choose. Statements about one thing count by event time, as in views (docs/views.md): a late event does not
// reopen what a newer one has closed. Pure: batches and a time in, batches out.

internal import VarveEvents

struct KeptSelection {
    private let rules: [RetentionRule]
    private let now: Int64
    /// The state according to the newest event about a thing.
    private struct ThingState {
        var time: Int64
        var isOpen: Bool
    }

    /// For each rule, the latest state of each of its things, by key.
    private var states: [[String: ThingState]]
    /// For each rule, the lower-case status values that mean closed.
    private let closed: [Set<String>]
    private var closedCount = 0
    /// At most this many closed states are remembered. A thing beyond that may later seem open because of an earlier event, so
    /// that its events are kept: too much rather than too little.
    private let closedMax: Int
    /// For each signal met so far, the numbers of the rules whose state it may change, and of the rules that keep it.
    private var changing: [String: [Int]] = [:]
    private var keeping: [String: [Int]] = [:]

    init(_ rules: [RetentionRule], at now: Timestamp, closedMax: Int = 1_000_000) {
        self.rules = rules
        self.now = now.nanoseconds
        self.closedMax = closedMax
        states = [[String: ThingState]](repeating: [:], count: rules.count)
        closed = rules.map { Set(($0.whileOpen?.closed ?? []).map(Self.lowered)) }
    }

    /// Whether the first pass can be skipped.
    var knowsAll: Bool { rules.allSatisfy { $0.whileOpen == nil } }

    /// The first pass: learns what is open.
    mutating func learn(_ batch: EventBatch) {
        guard let matched = Self.matched(batch, rules, &changing, by: Self.changesState) else { return }
        matched.forEachEvent { _, event in
            for number in changing[event.signal] ?? [] {
                guard let thing = rules[number].whileOpen, let key = Self.key(thing, event),
                    let isOpen = opensThing(thing, closed[number], event)
                else { continue }
                take(ThingState(time: event.time.nanoseconds, isOpen: isOpen), of: key, number)
            }
        }
    }

    /// Keeps the newest state; of two with the same time, the closed one.
    private mutating func take(_ new: ThingState, of key: String, _ number: Int) {
        let known = states[number][key]
        if let known, new.time < known.time || new.time == known.time && new.isOpen { return }
        if known?.isOpen == false { closedCount -= 1 }
        guard new.isOpen || closedCount < closedMax else {
            states[number][key] = nil
            return
        }
        if !new.isOpen { closedCount += 1 }
        states[number][key] = new
    }

    /// The second pass: the events of the batch that are kept; nil when none is.
    ///
    /// - Parameter times: the plausible append times of the events, to correct for a wrong clock.
    mutating func kept(_ batch: EventBatch, appended times: ClosedRange<Timestamp>? = nil) -> EventBatch? {
        guard let matched = Self.matched(batch, rules, &keeping, by: Self.keeps) else { return nil }
        var keep = Bitmap(count: matched.rowCount)
        var row = 0
        matched.forEachEvent { _, event in
            var observed = row < matched.observed.count ? matched.observed[row] : now
            if let times { observed = min(max(observed, times.lowerBound.nanoseconds), times.upperBound.nanoseconds) }
            keep[row] = (keeping[event.signal] ?? []).contains { isKept(event, observed, $0) }
            row += 1
        }
        return keep.onesCount == 0 ? nil : matched.filtered(keep: keep)
    }

    private func isKept(_ event: Event, _ observed: Int64, _ number: Int) -> Bool {
        guard let thing = rules[number].whileOpen else {
            let (end, overflow) = observed.addingReportingOverflow(rules[number].limit)
            return overflow || end >= now
        }
        return Self.key(thing, event).map { states[number][$0]?.isOpen ?? false } ?? false
    }

    /// Whether a rule keeps events of a signal. Opening events are always kept, whatever the rule's signals are, because the
    /// next retention must find the thing open.
    private static func keeps(_ rule: RetentionRule, _ signal: String) -> Bool {
        Glob(rule.signals).matches(signal) || rule.whileOpen.map { Glob($0.opens).matches(signal) } ?? false
    }

    /// Whether events of a signal may open or close a thing of the rule.
    private static func changesState(_ rule: RetentionRule, _ signal: String) -> Bool {
        keeps(rule, signal) || rule.whileOpen?.closes.map { Glob($0).matches(signal) } ?? false
    }

    /// The rows whose signal concerns any rule.
    private static func matched(
        _ batch: EventBatch, _ rules: [RetentionRule], _ rulesOf: inout [String: [Int]],
        by applies: (RetentionRule, String) -> Bool
    ) -> EventBatch? {
        let isRelevant = batch.groups.map { group -> Bool in
            if let known = rulesOf[group.signal] { return !known.isEmpty }
            let found = rules.indices.filter { applies(rules[$0], group.signal) }
            rulesOf[group.signal] = found
            return !found.isEmpty
        }
        guard isRelevant.contains(true) else { return nil }
        guard isRelevant.contains(false) else { return batch }
        var keep = Bitmap(count: batch.rowCount)
        for row in 0..<batch.rowCount { keep[row] = isRelevant[batch.groupOfRow[row]] }
        return batch.filtered(keep: keep)
    }

    /// Whether the event says that its thing is open; nil when it says nothing about that.
    private func opensThing(_ thing: OpenCondition, _ closed: Set<String>, _ event: Event) -> Bool? {
        if let closes = thing.closes, Glob(closes).matches(event.signal) { return false }
        if let status = thing.status.flatMap({ event[attribute: $0] }) {
            return !closed.contains(Self.lowered(Self.text(status)))
        }
        return Glob(thing.opens).matches(event.signal) ? true : nil
    }

    /// The key of the thing the event is about; nil when an attribute is missing.
    private static func key(_ thing: OpenCondition, _ event: Event) -> String? {
        var key = ""
        for name in thing.keys {
            let part: String? =
                switch name {
                case "component": event.component
                case "session": event.session
                case "user": event.user
                default: event[attribute: name].map(text)
                }
            guard let part else { return nil }
            key += "\(part.utf8.count):\(part)"
        }
        return key
    }

    /// Lower-cases ASCII letters only, as views do.
    private static func lowered(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 65 && $0 <= 90 }) else { return text }
        return String(decoding: text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .string(let text), .json(let text): text
        }
    }
}
