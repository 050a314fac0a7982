/// Kinds of events that the five systems' traffic does not resemble: many users, many paths, wide events, many series, many
/// signals, many tenants, late events. They show what speed depends on.
public enum EventShape: String, CaseIterable, Sendable {
    /// Resilience events of 60,000 users with random action ids.
    case users
    /// The same events, half of them at a random place in the file.
    case late
    /// Requests of a web server: 100,000 paths, 50,000 clients, long user agents.
    case access
    /// Spans with 40 attributes.
    case spans
    /// Samples of 20,000 series, series after series: each spans the whole time.
    case series
    /// The same samples in order of time.
    case seriesByTime = "series-by-time"
    /// Events of 1,000 signals.
    case signals
    /// Requests of 2,000 tenants.
    case tenants

    /// The number of different values in each shape.
    static let userCount: UInt64 = 60_000
    static let pathCount = 100_000
    static let clientCount: UInt64 = 50_000
    static let seriesCount = 20_000
    static let signalCount: UInt64 = 1_000
    static let tenantCount = 2_000
}
