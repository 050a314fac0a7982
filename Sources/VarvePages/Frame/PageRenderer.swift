internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
public import VarveWorkspace

/// Makes pages of a workspace: reads what a page is about, asks what its parts want to know in one go, at one offset, and
/// writes it.
public struct PageRenderer: Sendable {
    private let workspace: Workspace
    private let sources: PageSources

    public init(_ workspace: Workspace, _ sources: PageSources = PageSources()) {
        self.workspace = workspace
        self.sources = sources
    }

    /// The page at an address.
    public func reply(to state: PageState, _ facts: ServerFacts) async throws(WorkspaceError) -> PageReply {
        let views = try await workspace.views(projector: state.first("name") ?? "main")
        let projectors = try await workspace.projectors()
        let snapshot = try await workspace.snapshot()
        let base = PageContext(
            state: state, range: PageRange(dayUntil: facts.clock),
            views: Dictionary(views.filter(\.isCurrent).map { ($0.name, $0) }) { $1 },
            order: views.filter(\.isCurrent).map(\.name), moment: nil, offset: snapshot.durable.value, appended: nil,
            segments: snapshot.segments, durable: snapshot.durable.value, retained: snapshot.retained.value,
            projectors: projectors, hours: snapshot.segments.map(LogHour.init), server: facts,
            sources: sources)
        do {
            let context = try await placed(base, snapshot)
            return try await reply(context)
        } catch let problem as PageProblem {
            return PageReply(status: problem.status, html: ProblemPage.html(base, problem), offset: base.offset)
        } catch let error as WorkspaceError {
            guard let problem = Self.problem(error) else { throw error }
            return PageReply(status: problem.status, html: ProblemPage.html(base, problem), offset: base.offset)
        } catch is CancellationError {
            throw WorkspaceError(.cancelled, "the work was cancelled")
        } catch {
            // What it says is for the log, not for a page.
            throw WorkspaceError(.internal, "a page could not be made: \(error)")
        }
    }

    /// The moment and the range that the address means.
    private func placed(_ base: PageContext, _ snapshot: LogSnapshot) async throws -> PageContext {
        var context = base
        context.moment = try Self.moment(base.state, snapshot.durable.value)
        var lastHour: Timestamp?
        if let volume = base.views["volume"], context.durable > 0 {
            let ask = Ask("volume", .hour, limit: 1, sort: "time:desc")
            let answer = try await workspace.answer(ask.request(volume.view, projector: context.projector, context.moment))
            lastHour = answer.rows.first?.time
            if context.moment != nil {
                context.offset = answer.offset.value
                context.moment = .offset(answer.offset)
            }
        }
        let last = try await last(below: context.offset)
        context.appended = last?.observed
        if context.hours.first?.time == nil, let first = try await first(from: context.retained) {
            context.hours = [LogHour(first: context.retained, end: context.durable, time: first.observed)] + context.hours
        }
        context.range = try PageRange(base.state, now: Self.newest(last, lastHour) ?? context.server.clock)
        return context
    }

    /// The event at the end of a prefix; nil when there is none, or when it cannot be read.
    private func last(below offset: UInt64) async throws -> Event? {
        guard offset > 0 else { return nil }
        let read = EventRead(below: offset, limit: 1)
        return try await workspace.run { [reader = workspace.reader] in
            try EventList.read(reader, read).items.first?.event
        }
    }

    /// The first event that is kept.
    private func first(from offset: UInt64) async throws -> Event? {
        let read = EventRead(below: offset + 1, limit: 1, isNewestFirst: false)
        return try await workspace.run { [reader = workspace.reader] in
            try EventList.read(reader, read).items.first?.event
        }
    }

    /// The time of the newest event: of the last one, where it lies in the last hour, else the end of that hour. One event of the
    /// year 2099 must not take everything else off the page.
    private static func newest(_ last: Event?, _ lastHour: Timestamp?) -> Timestamp? {
        guard let lastHour else { return last?.time }
        let end = Timestamp(nanoseconds: lastHour.nanoseconds &+ 3_599_999_999_999)
        var newest = end
        if let time = last?.time, time >= lastHour, time <= end { newest = time }
        if let appended = last?.observed, newest > appended + .seconds(3_600) { newest = max(appended, last?.time ?? appended) }
        return newest
    }

    private static func moment(_ state: PageState, _ durable: UInt64) throws(PageProblem) -> AsOf? {
        guard let text = state.first("at") else { return nil }
        if let offset = UInt64(text) {
            guard offset <= durable else { throw .bad("at", "the log ends at offset \(durable); \(offset) is not there yet") }
            return .offset(Offset(offset))
        }
        guard let moment = MomentText(text) else { throw .bad("at", "“\(text)” is neither an offset nor a time") }
        return .time(moment.timestamp)
    }

    private func reply(_ placed: PageContext) async throws -> PageReply {
        var context = placed
        context.alerts = try await alerts(context)
        guard context.shows(context.state.path), var page = PageIndex.page(context) else {
            throw PageProblem(404, "There is no page at \(context.state.path).")
        }
        let answers = try await answers(page.asks(context), &context)
        let read = try page.events(context)
        let events = try await read.asyncMap { read in
            try await workspace.runQuestion { [reader = workspace.reader] in try EventList.read(reader, read) }
        }
        if var loaded = page as? any LoadedPage, !context.isEmpty {
            try await loaded.load(context, answers, events, PageReading(workspace: workspace))
            page = loaded
        }
        let html = Layout(context: context).html(page, answers, events)
        return PageReply(status: page.status(context, answers), html: html, offset: context.offset)
    }

    /// Rules and alerts as known then; now, as known at the log's end.
    private func alerts(_ context: PageContext) async throws -> AlertsAt? {
        guard !context.isEmpty, context.shows("/alerts") else { return nil }
        let time = context.isPast ? context.appended ?? context.range.now : context.server.clock
        return try await sources.alerts.state(workspace, below: context.isPast ? context.offset : context.durable, at: time)
    }

    /// All answers at one offset. Where a question cannot be answered, the others are.
    private func answers(_ asks: [Ask], _ context: inout PageContext) async throws -> PageAnswers {
        var results: [Ask: Result<Answered, PageProblem>] = [:]
        var wanted: [PageQuestion] = []
        let segments = PageQuestion.segments(context.segments)
        var seen: Set<Ask> = []
        for ask in asks where seen.insert(ask).inserted {
            guard let description = context.views[ask.view] else { continue }
            do {
                let request = try ask.request(description.view, projector: context.projector, context.moment)
                wanted.append(PageQuestion(ask, request, description))
            } catch {
                results[ask] = .failure(error)
            }
        }
        for index in wanted.indices {
            await wanted[index].recall(sources.closed, context, directory: workspace.path, segments: segments)
        }
        guard !wanted.isEmpty else { return PageAnswers(results) }
        var answers = try await answered(wanted.map(\.asked))
        for index in answers.indices {
            answers[index] = try await wanted[index].whole(answers[index], sources.closed, workspace) { request in
                try await answered([request])[0]
            }
        }
        if context.moment == nil {
            // Views of several projectors, or of none, stand at different offsets: the page is at the least of them.
            let offsets = answers.compactMap { try? $0.get().offset }
            let least = offsets.min() ?? Offset(context.offset)
            for index in answers.indices where (try? answers[index].get().offset) ?? least > least {
                var request = wanted[index].request
                request.asOf = .offset(least)
                answers[index] = try await answered([request])[0]
            }
            context.offset = least.value
        }
        for (want, answer) in zip(wanted, answers) {
            results[want.ask] = answer.map { Answered(ask: want.ask, answer: $0, description: want.description) }
        }
        return PageAnswers(results)
    }

    private func answered(_ requests: [ViewRequest]) async throws -> [Result<ViewAnswer, PageProblem>] {
        do {
            return try await workspace.answers(to: requests).map { .success($0) }
        } catch {
            guard let problem = Self.problem(error) else { throw error }
            if requests.count == 1 { return [.failure(problem)] }
            var all: [Result<ViewAnswer, PageProblem>] = []
            for request in requests { all += try await answered([request]) }
            return all
        }
    }

    /// What a question was refused for; nil for what has nothing to do with the question.
    private static func problem(_ error: WorkspaceError) -> PageProblem? {
        switch error.view?.code {
        case .unknownView, .badQuery, .badName, .notDurableYet: PageProblem(422, error.message)
        case .expired: PageProblem(410, error.message)
        default: nil
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Other>(_ body: (Wrapped) async throws -> Other) async rethrows -> Other? {
        guard let self else { return nil }
        return try await body(self)
    }
}

extension LogHour {
    init(_ segment: SegmentInfo) {
        self.init(first: segment.firstOffset.value, end: segment.endOffset.value, time: segment.observed?.lowerBound)
    }
}
