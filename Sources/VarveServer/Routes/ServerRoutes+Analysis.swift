internal import HTTPTypes

/// Analyses and reports, in the shapes of the commands.
extension ServerRoutes {
    static func analysis(_ routes: RouteRegistry, _ state: ServerState) {
        let replies = AnalysisReplies(state: state)
        let what = RouteDescription.Parameter(
            name: "what", meaning: "An analysis of varve analyze: " + AnalysisReplies.kinds + ".", isInPath: true)
        let asked = AnalysisReplies.allNames.sorted().map {
            RouteDescription.Parameter(name: $0, meaning: "As the argument or flag of varve analyze that has this name.")
        }
        routes.scoped(
            .get, "/api/v1/analyze/{what}", "An analysis of a view or of the log, as varve analyze --json.",
            parameters: [what] + asked, use: replies.analyze)
        let kind = RouteDescription.Parameter(name: "kind", meaning: AnalysisReplies.reports, isInPath: true)
        routes.scoped(
            .get, "/api/v1/reports/{kind}", "A report of a range of time, as varve report.",
            answers: ["application/json", "text/markdown", "text/html"],
            parameters: [
                kind, .init(name: "format", meaning: "json (the default), markdown or html."),
                .init(name: "from", meaning: "The range of event times; by default the newest day or week, or all."),
                .init(name: "to", meaning: "Its end, exclusive."),
                .init(name: "at", meaning: "As of this offset or append time."),
                .init(name: "name", meaning: "The projector whose views to read."),
            ], use: replies.report)
    }
}
