internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// The checks of services by the day: how many of thirty days' checks found each of them healthy.
enum ServiceUptime {
    static let view = "health_checks"
    static let statusView = "service_status"
    static let column = "uptime"
    private static let day: Int64 = 86_400_000_000_000
    private static let days: Int64 = 30
    /// Services that a panel shows at most.
    static let most = 40

    static func path(_ service: String) -> String { "/services/" + PageState.encode(service) }
    static func filter(_ service: String) -> String { "service=\(Quoted.text(service))" }

    /// A service's last known state, and since when.
    static func states(_ filters: [String] = []) -> Ask {
        Ask.table(statusView, where: filters, sort: "service", limit: most)
    }

    /// The last thirty days by the day, one row for each service and day.
    static func month(_ context: PageContext, _ filters: [String] = []) -> Ask {
        let end = PageRange.up(context.range.now, day)
        let start = Timestamp(nanoseconds: max(0, end.nanoseconds - days * day))
        return Ask(view, .day, by: ["service"], where: filters, from: start, to: end)
    }

    /// The range of the page, one row for each service.
    static func range(_ context: PageContext, _ filters: [String] = []) -> Ask {
        let span = context.span(view)
        return Ask(view, .all, by: ["service"], where: filters, from: span.from, to: span.to)
    }

    /// Each day: its solid part is the share of checks that failed.
    static func bars(_ month: Answered, _ service: String) -> StatusBars {
        let buckets = Buckets(month)
        var bars: [StatusBars.Day] = Array(repeating: .init(.none), count: min(buckets.count, Int(days)))
        for row in month.rows where row["service"]?.text == service {
            guard let index = buckets.index(row), bars.indices.contains(index), let share = row[column]?.number else { continue }
            bars[index] = share < 1 ? .init(.critical, share: 1 - share) : .init(.ok)
        }
        return StatusBars(bars)
    }
}
