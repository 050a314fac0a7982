/// All pages, where they stand in the navigation, and what is made for an address.
public enum PageIndex {
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
        Entry(group: "Now", title: "Alerts", path: "/alerts", key: "a"),
        Entry(group: "Now", title: "Incidents", path: "/incidents", key: "i"),
        Entry(group: "Understand", title: "Explore", path: "/explore", key: "e"),
        Entry(group: "Understand", title: "Resilience", path: "/resilience", key: "r"),
        Entry(group: "Understand", title: "Analytics", path: "/analytics", key: "n"),
        Entry(group: "Understand", title: "Operations", path: "/operations", key: "p"),
        Entry(group: "Understand", title: "Business", path: "/business", key: "b"),
        Entry(group: "Follow", title: "Traces", path: "/traces", key: "t"),
        Entry(group: "Follow", title: "Errors", path: "/errors", key: "x"),
        Entry(group: "Follow", title: "Sessions", path: "/sessions", key: "s"),
        Entry(group: "Follow", title: "Events", path: "/events", key: "v"),
        Entry(group: "The log", title: "System", path: "/system", key: "y"),
        Entry(group: "The log", title: "Views", path: "/views", key: "w"),
        Entry(group: "The log", title: "Log", path: "/log", key: "l"),
        Entry(group: "The log", title: "Settings", path: "/settings", key: "c"),
    ]

    /// The paths that the server answers with pages, parameters in braces.
    public static let paths: [(path: String, summary: String)] =
        entries.filter { $0.path != "/" }.map { ($0.path, "The page \($0.title).") } + [
            ("/views/{name}", "The page of one view."), ("/sessions/{id}", "The page of one session."),
            ("/alerts/{id}", "The page of one alert."), ("/alerts/rules", "The page of all rules."),
            ("/alerts/rules/{rule}", "The page of one rule, and what it would have said with other numbers."),
            ("/services/{name}", "The page of one service: its state, uptime, latency and last checks."),
            ("/users", "The users behind the number of active ones."),
            ("/incidents/{id}", "The page of one incident."), ("/traces/{id}", "The page of one trace."),
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
        case "/settings": SettingsPage()
        case "/alerts": AlertsPage()
        case "/alerts/rules": RulesPage()
        case "/incidents": IncidentsPage()
        case "/traces": TracesPage()
        case "/users": UsersPage()
        case let path where path.hasPrefix("/services/"): ServicePage(name: rest(path, "/services/"))
        case let path where path.hasPrefix("/alerts/rules/"): RulePage(context, id: rest(path, "/alerts/rules/"))
        case let path where path.hasPrefix("/alerts/"): AlertPage(context, id: rest(path, "/alerts/"))
        case let path where path.hasPrefix("/incidents/"): IncidentPage(id: rest(path, "/incidents/"))
        case let path where path.hasPrefix("/traces/"): TracePage(id: rest(path, "/traces/"))
        case let path where path.hasPrefix("/views/"): ViewPage(context, name: String(path.dropFirst("/views/".count)))
        case let path where path.hasPrefix("/sessions/"): SessionPage(id: String(path.dropFirst("/sessions/".count)))
        default: nil
        }
    }

    private static func rest(_ path: String, _ prefix: String) -> String { String(path.dropFirst(prefix.count)) }
}
