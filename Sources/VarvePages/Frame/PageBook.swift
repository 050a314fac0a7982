/// All pages, where they stand in the navigation, and what is made for an address.
public enum PageBook {
    /// An entry of the navigation.
    struct Entry: Sendable {
        var group: String
        var title: String
        var path: String
        /// The key behind `g`.
        var key: String
    }

    static let entries: [Entry] = [
        Entry(group: "Now", title: "Overview", path: "/", key: "o"),
        Entry(group: "Now", title: "Monitoring", path: "/monitoring", key: "m"),
        Entry(group: "Understand", title: "Explore", path: "/explore", key: "e"),
        Entry(group: "Understand", title: "Resilience", path: "/resilience", key: "r"),
        Entry(group: "Understand", title: "Analytics", path: "/analytics", key: "y"),
        Entry(group: "Understand", title: "Operations", path: "/operations", key: "p"),
        Entry(group: "Understand", title: "Business", path: "/business", key: "b"),
        Entry(group: "Follow", title: "Errors", path: "/errors", key: "x"),
        Entry(group: "Follow", title: "Sessions", path: "/sessions", key: "s"),
        Entry(group: "Follow", title: "Events", path: "/events", key: "v"),
        Entry(group: "The log", title: "System", path: "/system", key: "y"),
        Entry(group: "The log", title: "Views", path: "/views", key: "w"),
        Entry(group: "The log", title: "Log", path: "/log", key: "l"),
    ]

    /// The paths that the server answers with pages, parameters in braces.
    public static let paths: [(path: String, summary: String)] =
        entries.filter { $0.path != "/" }.map { ($0.path, "The page \($0.title).") } + [
            ("/views/{name}", "The page of one view."), ("/sessions/{id}", "The page of one session."),
        ]

    static func page(_ context: PageContext) -> (any Page)? {
        switch context.state.path {
        case "/": OverviewPage()
        case "/monitoring": MonitoringPage()
        case "/explore": ExplorePage()
        case "/resilience": ResiliencePage()
        case "/analytics": AnalyticsPage()
        case "/operations": OperationsPage()
        case "/business": BusinessPage()
        case "/errors": ErrorsPage()
        case "/sessions": SessionsPage()
        case "/events": EventsPage()
        case "/system": SystemPage()
        case "/views": ViewsPage()
        case "/log": LogPage()
        case let path where path.hasPrefix("/views/"): ViewPage(context, name: String(path.dropFirst("/views/".count)))
        case let path where path.hasPrefix("/sessions/"): SessionPage(id: String(path.dropFirst("/sessions/".count)))
        default: nil
        }
    }
}
