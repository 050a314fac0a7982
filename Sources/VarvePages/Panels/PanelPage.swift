internal import VarveCharts

/// A page that is a list of panels, with a judge for its sentence.
struct PanelPage: Sendable {
    var panels: [any Panel]
    var judge: StatusBoard?

    func asks(_ context: PageContext) -> [Ask] {
        panels.flatMap { $0.asks(context) } + (judge?.asks(context) ?? [])
    }

    func body(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        for panel in panels { panel.html(context, answers, into: &main) }
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { judge?.say(context, answers) }
}

/// A page whose parts are panels and nothing else.
protocol ListedPage: Page {
    var list: PanelPage { get }
}

extension ListedPage {
    func asks(_ context: PageContext) -> [Ask] { list.asks(context) }
    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        list.body(context, answers, into: &main)
    }
    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { list.say(context, answers) }
}
