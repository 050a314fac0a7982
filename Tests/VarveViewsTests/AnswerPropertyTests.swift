import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let hour: Int64 = 3_600_000_000_000
private let start: Int64 = 1_774_569_600_000_000_000

/// Random questions to logs whose views are kept, behind, expired or not kept at all. An answer equals a naive count over the
/// events of the range that it says it took, which is the one asked for unless events of a cut bucket have expired.
struct AnswerPropertyTests {
    private static let questions = ProcessInfo.processInfo.environment["VARVE_QUESTIONS"].flatMap { Int($0) } ?? 2_000
    private static let seed = ProcessInfo.processInfo.environment["VARVE_QUESTION_SEED"].flatMap { UInt64($0) } ?? 1
    private static let questionsPerLog = 250

    /// What the questions of a run were about.
    private struct Tally {
        var asked = 0
        var kept = 0
        var cut = 0
        var otherRange = 0
        var refused = 0
        var rows = 0

        mutating func add(_ other: Tally) {
            asked += other.asked
            kept += other.kept
            cut += other.cut
            otherRange += other.otherRange
            refused += other.refused
            rows += other.rows
        }
    }

    @Test func `an answer equals a naive count over the events, or says which range it took`() async throws {
        // Each log is a world of its own: two of them are asked at a time.
        let logs = (Self.questions + Self.questionsPerLog - 1) / Self.questionsPerLog
        let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
            for worker in 0..<2 {
                group.addTask {
                    var own = Tally()
                    for number in stride(from: worker + 1, through: logs, by: 2) {
                        let rest = Self.questions - (number - 1) * Self.questionsPerLog
                        try await self.askLog(UInt64(number), min(Self.questionsPerLog, rest), &own)
                    }
                    return own
                }
            }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        #expect(tally.asked == Self.questions && tally.rows > tally.asked && tally.cut > tally.asked / 4)
        if Self.questions >= 2_000 { #expect(tally.otherRange > 0 && tally.refused > 0 && tally.kept > 0) }
        print(
            "questions: \(tally.asked), from a store \(tally.kept), cutting a bucket \(tally.cut), with another range "
                + "\(tally.otherRange), refused \(tally.refused), rows \(tally.rows)")
    }

    /// Makes the log of a number, and asks questions of it.
    private func askLog(_ number: UInt64, _ questions: Int, _ tally: inout Tally) async throws {
        var random = SeededRandom(seed: Self.seed &* 1_000_003 &+ number)
        let log = AskedLog(seed: Self.seed &* 7_919 &+ number)
        try await log.append(Int.random(in: 60...300, using: &random))
        let keeps = number % 4 > 0
        if keeps { try log.project(AskedViews.all) }
        if keeps, number % 3 > 0 {
            try log.retain(Double.random(in: 0.1...0.8, using: &random))
            try log.project(AskedViews.all)
        }
        try await log.append(Int.random(in: 1...60, using: &random))
        // One view is not kept any more: it stays where it is.
        if keeps, number % 5 == 0 { try log.project(Array(AskedViews.all.dropFirst())) }
        if keeps, number % 5 == 1 { try log.project(AskedViews.all) }
        let views = try ViewAnswers.open(at: log.path, threads: 1 + Int(number % 2), usesCache: number % 7 > 0)
        let expired = try LogReader.open(at: log.path).retained().value
        for _ in 0..<questions {
            tally.asked += 1
            try ask(views, log, expired, keeps, &random, &tally)
        }
    }

    private func ask(
        _ views: ViewAnswers, _ log: AskedLog, _ expired: UInt64, _ keeps: Bool, _ random: inout SeededRandom,
        _ tally: inout Tally
    ) throws {
        let view = AskedViews.all.randomElement(using: &random) ?? AskedViews.all[0]
        let levels = view.levels.filter { $0 >= view.permanentLevel || $0 == .minute }.sorted()
        let component: String?? = [nil, nil, .some("Cart"), .some(nil)].randomElement(using: &random) ?? nil
        var request = ViewRequest(
            .mergeable(view), source: .log, bucket: levels.randomElement(using: &random),
            by: [nil, [], ["component"], ["signal"]].randomElement(using: &random) ?? nil,
            where: component.map { [DimensionFilter("component", $0)] } ?? [])
        (request.from, request.to) = (moment(log, &random), moment(log, &random))
        if let from = request.from, let to = request.to, from > to { (request.from, request.to) = (to, from) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: request.source = .fold
        case 1: request.asOf = .offset(Offset(UInt64.random(in: expired...UInt64(log.events.count), using: &random)))
        default: request.source = keeps ? .keptOrLog(projector: "main") : .log
        }
        request.mayWiden = Int.random(in: 0..<8, using: &random) > 0
        let answer: ViewAnswer
        do throws(ViewError) {
            answer = try views.answer(request)
        } catch {
            // Refused is what would have another range, and what is gone whole.
            #expect(error.code == .expired && expired > 0, "\(error)")
            tally.refused += 1
            if !request.mayWiden {
                request.mayWiden = true
                if let wide = try? views.answer(request) { #expect(wide.isOtherRange, "\(request)") }
            }
            return
        }
        check(answer, request, view, component, log, expired)
        tally.kept += answer.keptBy == nil ? 0 : 1
        tally.cut += view.cut(from: request.from, to: request.to)?.ends.isEmpty ?? true ? 0 : 1
        tally.otherRange += answer.isOtherRange ? 1 : 0
        tally.rows += answer.rows.count
    }

    private func check(
        _ answer: ViewAnswer, _ request: ViewRequest, _ view: ViewDefinition, _ component: String??, _ log: AskedLog,
        _ expired: UInt64
    ) {
        if answer.isOtherRange {
            #expect(expired > 0 && request.mayWiden && (answer.from, answer.to) != (request.from, request.to))
        } else {
            #expect(answer.from == request.from && answer.to == request.to)
        }
        let isEmpty = request.from.map { from in request.to.map { from >= $0 } ?? false } ?? false
        let known = log.events[Int(answer.completeFrom.value)..<max(Int(answer.offset.value), Int(answer.completeFrom.value))]
        let expected = NaiveAnswer(
            isEmpty ? [] : Array(known), view, answer.bucket ?? .all, by: request.by, component: component, from: answer.from,
            to: answer.to)
        let found = NaiveAnswer(answer, view)
        #expect(found == expected.counted, "\(request) of \(log.path): \(answer)")
        #expect(answer.durable.value == UInt64(log.events.count))
        if answer.keptBy == nil, request.asOf == nil { #expect(answer.behindEvents == 0 && !answer.isFrozen) }
    }

    /// A moment at or near borders of buckets, of an event, or anywhere; nil for an open end.
    private func moment(_ log: AskedLog, _ random: inout SeededRandom) -> Timestamp? {
        let any = start + Int64.random(in: (-12 * hour)...(130 * hour), using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return nil
        case 1: return Timestamp(nanoseconds: any - any % hour)
        case 2: return Timestamp(nanoseconds: any - any % (24 * hour))
        case 3: return Timestamp(nanoseconds: any - any % (24 * hour) - hour)
        case 4: return log.events.randomElement(using: &random)?.time
        case 5: return Timestamp(nanoseconds: any - any % hour + Int64.random(in: -1...1, using: &random))
        default: return Timestamp(nanoseconds: any)
        }
    }
}
