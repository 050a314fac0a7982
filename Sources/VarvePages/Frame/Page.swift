internal import VarveCharts

/// One page: what it asks, and what it makes of the answers.
protocol Page: Sendable {
    var title: String { get }
    func asks(_ context: PageContext) -> [Ask]
    /// What the page needs of single events; nil for nothing.
    func events(_ context: PageContext) throws(PageProblem) -> EventRead?
    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup)
    /// How it stands, for the sentence at the top; nil for a page that has none.
    func say(_ context: PageContext, _ answers: PageAnswers) -> Say?
    /// An HTTP status: what is wrong with a question that the address asks.
    func status(_ context: PageContext, _ answers: PageAnswers) -> Int
}

extension Page {
    func status(_ context: PageContext, _ answers: PageAnswers) -> Int { 200 }
    func events(_ context: PageContext) throws(PageProblem) -> EventRead? { nil }
    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { nil }
}

/// A part of a page with questions of its own.
protocol Panel: Sendable {
    func asks(_ context: PageContext) -> [Ask]
    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup)
}

/// The sentence at the top, and counts of the four states.
struct Say: Sendable {
    var status: ChartStatus
    /// The first words, which carry the status.
    var lead: String
    var sentence: Markup
    var counts: [(status: ChartStatus, text: String)] = []
}
