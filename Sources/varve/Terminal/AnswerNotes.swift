import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

/// What a reader must know about an answer that its rows do not show: on standard error, one line each.
struct AnswerNotes {
    private(set) var lines: [String] = []

    init(_ answer: ViewAnswer) {
        if answer.isOtherRange {
            let (from, to) = (answer.from.map { answer.zone.text($0) }, answer.to.map { answer.zone.text($0) })
            lines.append(
                "events within that range have expired, so its ends cannot be exact: the rows are "
                    + [from.map { "from \($0)" }, to.map { "to \($0)" }].compactMap(\.self).joined(separator: " "))
        }
        if answer.completeFrom.value > 0 {
            lines.append("complete from offset \(answer.completeFrom): earlier events had expired")
        }
        for gap in answer.gaps.prefix(5) where answer.damaged.isEmpty {
            lines.append("offsets \(gap.offsets.lowerBound) ..< \(gap.offsets.upperBound) are missing: \(gap.reason)")
        }
        if answer.folded > 0 {
            lines.append("\(answer.folded) combinations beyond the view's budget are in the rows \(ViewValue.otherName)")
        }
        for count in answer.leftOut {
            lines.append("\(count.name) leaves out \(count.count) values that are not numbers, or too large to be added")
        }
        if answer.rowsDropped > 0 {
            let kept = answer.changesKept.map { "its newest \($0) changes" } ?? "its newest changes only"
            lines.append("\(answer.rowsDropped) older rows were dropped: a thing keeps \(kept)")
        }
        if answer.lateUnapplied > 0 {
            let kept = answer.changesKept.map { "the newest \($0) changes" } ?? "the changes"
            lines.append(
                "\(answer.lateUnapplied) events were too late to be placed among \(kept) that a thing keeps "
                    + "(late_unapplied); their attributes still count")
        }
        if let tally = answer.tally {
            if tally.parked > 0 { lines.append("\(tally.parked) events that it cannot take are left out") }
            if tally.leftOut > 0 { lines.append("\(tally.leftOut) events of things beyond the limit are left out") }
            if tally.swept > 0 {
                lines.append("\(tally.swept) that were over have been removed: their time to be kept has passed")
            }
        }
    }

    /// How far stored answers are behind the log; answers at the same offset share a line.
    private static func freshness(_ answers: [ViewAnswer]) -> [String] {
        struct Place: Hashable {
            var projector: String
            var offset: Offset
            var durable: Offset
            var isFrozen: Bool
        }
        var names: [Place: [String]] = [:]
        var places: [Place] = []
        for answer in answers where answer.isFrozen || answer.behindEvents > 0 {
            guard let projector = answer.keptBy else { continue }
            let place = Place(
                projector: projector, offset: answer.offset, durable: answer.durable, isFrozen: answer.isFrozen)
            if names[place] == nil { places.append(place) }
            if !names[place, default: []].contains(answer.view) { names[place, default: []].append(answer.view) }
        }
        return places.map { place in
            let views = names[place] ?? []
            let subject = subject(views)
            let verb = views.count == 1 ? "is" : "are"
            let own = place.projector == "main" ? "" : " --name \(place.projector)"
            guard place.isFrozen else {
                return "\(subject) \(verb) at offset \(place.offset) of \(place.durable); varve project\(own) folds the rest"
            }
            return "\(subject) \(verb) frozen at offset \(place.offset) of \(place.durable): no projector keeps "
                + (views.count == 1 ? "it" : "them") + " any more; varve project\(own) --views continues"
        }
    }

    /// The freshness of a table's rows: `offset 8 of 8, appended 2026-01-31T10:00:00Z, behind by 0 events`.
    static func freshness(_ offset: Offset, of durable: Offset, _ time: Timestamp?, isFrozen: Bool = false) -> String {
        let behind = durable > offset ? durable.value - offset.value : 0
        return "offset \(offset) of \(durable)" + (time.map { ", appended \(RFC3339.text($0))" } ?? "")
            + ", behind by \(behind.grouped) event\(behind == 1 ? "" : "s")" + (isFrozen ? ", frozen" : "")
    }

    /// Prints the notes of some answers, each once; after a table also the freshness of the oldest of them.
    static func print(_ answers: [ViewAnswer], ofTable: Bool = false) {
        if ofTable, let oldest = answers.min(by: { $0.offset < $1.offset }) {
            Output.error(
                freshness(oldest.offset, of: oldest.durable, oldest.time, isFrozen: answers.contains(where: \.isFrozen)) + "\n")
        }
        var seen: Set<String> = []
        for line in freshness(answers) + shared(answers) where seen.insert(line).inserted { Output.error("note: \(line)\n") }
    }

    /// The notes of answers of several views, with the names of those that each is about.
    private static func shared(_ answers: [ViewAnswer]) -> [String] {
        let isOne = Set(answers.map(\.view)).count <= 1
        var views: [String: [String]] = [:]
        var order: [String] = []
        for answer in answers {
            for line in AnswerNotes(answer).lines {
                if views[line] == nil { order.append(line) }
                if !views[line, default: []].contains(answer.view) { views[line, default: []].append(answer.view) }
            }
        }
        return isOne ? order : order.map { "\(subject(views[$0] ?? [])): \($0)" }
    }

    private static func subject(_ views: [String]) -> String {
        views.count <= 3 ? views.joined(separator: ", ") : "\(views[0]) and \(views.count - 1) other views"
    }
}
