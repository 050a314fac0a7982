// Which events of what goes are kept. All that goes is looked at twice, in offset order: once to learn what is open at the end,
// and once to choose. What the events say of a thing counts by their own times, as in views (docs/views.md): one that comes late
// does not open again what was closed after it. Pure: batches and a moment in, batches out.

internal import VarveEvents

struct KeptSelection {
    private let rules: [RetentionRule]
    private let now: Int64
    /// What the newest event that says something of a thing says.
    private struct Said {
        var time: Int64
        var isOpen: Bool
    }

    /// Per rule, by thing.
    private var said: [[String: Said]]
    /// Per rule, the statuses in which its things are closed, in lower case.
    private let closed: [Set<String>]
    private var closedCount = 0
    /// Of more closed things no more is known than of those that no event was about: what opens one by an earlier time keeps its
    /// events, which is too much and not too little.
    private let closedMax: Int
    /// Per signal met so far, the numbers of the rules that it says something to, and of those that keep it.
    private var telling: [String: [Int]] = [:]
    private var keeping: [String: [Int]] = [:]

    init(_ rules: [RetentionRule], at now: Timestamp, closedMax: Int = 1_000_000) {
        self.rules = rules
        self.now = now.nanoseconds
        self.closedMax = closedMax
        said = [[String: Said]](repeating: [:], count: rules.count)
        closed = rules.map { Set(($0.whileOpen?.closed ?? []).map(Self.lowered)) }
    }

    /// Whether the first look can be left out.
    var knowsAll: Bool { rules.allSatisfy { $0.whileOpen == nil } }

    /// The first look.
    mutating func learn(_ batch: EventBatch) {
        guard let matched = Self.matched(batch, rules, &telling, by: Self.tells) else { return }
        matched.forEachEvent { _, event in
            for number in telling[event.signal] ?? [] {
                guard let thing = rules[number].whileOpen, let key = Self.key(thing, event),
                    let isOpen = saysOpen(thing, closed[number], event)
                else { continue }
                take(Said(time: event.time.nanoseconds, isOpen: isOpen), of: key, number)
            }
        }
    }

    /// The newest counts; of one moment, what closes.
    private mutating func take(_ new: Said, of key: String, _ number: Int) {
        let known = said[number][key]
        if let known, new.time < known.time || new.time == known.time && new.isOpen { return }
        if known?.isOpen == false { closedCount -= 1 }
        guard new.isOpen || closedCount < closedMax else {
            said[number][key] = nil
            return
        }
        if !new.isOpen { closedCount += 1 }
        said[number][key] = new
    }

    /// The second look: the events that are kept; nil when none is.
    ///
    /// - Parameter times: when the events can have been appended, whatever a wrong clock has stamped them with.
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
        return Self.key(thing, event).map { said[number][$0]?.isOpen ?? false } ?? false
    }

    /// Whether events of a signal are kept. What opens a thing is, whatever the rule's signals are: the next retention has to
    /// find it open.
    private static func keeps(_ rule: RetentionRule, _ signal: String) -> Bool {
        Glob(rule.signals).matches(signal) || rule.whileOpen.map { Glob($0.opens).matches(signal) } ?? false
    }

    /// Whether events of a signal may say that something is open or closed.
    private static func tells(_ rule: RetentionRule, _ signal: String) -> Bool {
        keeps(rule, signal) || rule.whileOpen?.closes.map { Glob($0).matches(signal) } ?? false
    }

    /// The rows whose signal some rule is about.
    private static func matched(
        _ batch: EventBatch, _ rules: [RetentionRule], _ rulesOf: inout [String: [Int]],
        by isRight: (RetentionRule, String) -> Bool
    ) -> EventBatch? {
        let isAbout = batch.groups.map { group -> Bool in
            if let known = rulesOf[group.signal] { return !known.isEmpty }
            let found = rules.indices.filter { isRight(rules[$0], group.signal) }
            rulesOf[group.signal] = found
            return !found.isEmpty
        }
        guard isAbout.contains(true) else { return nil }
        guard isAbout.contains(false) else { return batch }
        var keep = Bitmap(count: batch.rowCount)
        for row in 0..<batch.rowCount { keep[row] = isAbout[batch.groupOfRow[row]] }
        return batch.filtered(keep: keep)
    }

    /// What the event says of its thing; nil when it says nothing.
    private func saysOpen(_ thing: OpenThing, _ closed: Set<String>, _ event: Event) -> Bool? {
        if let closes = thing.closes, Glob(closes).matches(event.signal) { return false }
        if let status = thing.status.flatMap({ event[attribute: $0] }) {
            return !closed.contains(Self.lowered(Self.text(status)))
        }
        return Glob(thing.opens).matches(event.signal) ? true : nil
    }

    /// Nil when the event does not say which thing it is about.
    private static func key(_ thing: OpenThing, _ event: Event) -> String? {
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

    /// ASCII letters only, as views do it.
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
