/// What was answered, by question.
struct PageAnswers: Sendable {
    private let results: [Ask: Result<Answered, PageProblem>]

    init(_ results: [Ask: Result<Answered, PageProblem>]) { self.results = results }

    /// Nil for what was not asked, or could not be answered.
    subscript(ask: Ask) -> Answered? {
        guard case .success(let answered)? = results[ask] else { return nil }
        return answered
    }

    func problem(_ ask: Ask) -> PageProblem? {
        guard case .failure(let problem)? = results[ask] else { return nil }
        return problem
    }

    /// All that could be answered.
    var all: [Answered] {
        results.values.compactMap { result in
            guard case .success(let answered) = result else { return nil }
            return answered
        }
    }
}
