internal import HTTPTypes
internal import Hummingbird
internal import VarvePages

/// Pages, their files, and charts.
extension ServerRoutes {
    static func pages(_ routes: RouteRegistry, _ state: ServerState) {
        let pages = PageReplies(state: state)
        forms(routes, state)
        let html = ["text/html"]
        let shared = ["bucket", "where", "from", "to", "at", "name", "compare", "theme"].map {
            RouteDescription.Parameter(name: $0, meaning: "As the flag; it holds for the whole page.")
        }
        for page in PageIndex.paths {
            let inPath: [RouteDescription.Parameter] = page.path.split(separator: "/").compactMap { part in
                guard part.hasPrefix("{") else { return nil }
                return .init(name: String(part.dropFirst().dropLast()), meaning: "Which one.", isInPath: true)
            }
            routes.scoped(.get, page.path, page.summary, answers: html, parameters: inPath + shared, use: pages.page)
        }
        // The greeting is for everybody; the page is not, and its context asks for the scope.
        routes.open(
            .get, "/", "The page Overview for a client that accepts HTML, else Elasticsearch's greeting.",
            answers: html + ["application/json"], parameters: shared
        ) { request, context in
            guard PageReplies.wantsPage(request) else { return ElasticIn.welcome }
            return try await pages.page(request, context: PageReadContext(context: context))
        }
        routes.open(.get, "/dashboard", "Where the page Overview is.", answers: html, use: pages.dashboard)
        routes.open(
            .get, "/assets/{file}", "A file that pages need; its path changes with its bytes.",
            answers: ["text/css", "text/javascript", "image/svg+xml"],
            parameters: [.init(name: "file", meaning: "Its name, as pages have it.", isInPath: true)]
        ) { request, _ in
            guard let file = PageAssets.all.first(where: { $0.path == request.uri.path }) else {
                throw Problem(404, "not_found", "there is no such file; pages name the one that there is")
            }
            return PageReplies.asset(file)
        }
        routes.scoped(
            .get, "/chart.svg", "A view as a chart: the bytes that varve chart writes.", answers: ["image/svg+xml"],
            parameters: PageReplies.chartNames.sorted().map {
                .init(name: $0, meaning: "As the flag of varve chart; view is its argument.")
            }, use: pages.chart)
    }
}
