import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// `Fixtures/atomic.ndjson`, 74 lines. All of 2026-03-01 unless said.
struct AtomicFixtureTests {
    static let requestAnswers: [Answer] = [
        // GET /a: 100 20 30 40 50 60 70 80 90 10 ms, sum 550; status 200 six times, 301, 404, 500, 503. p50 rank 5, p95 rank 10.
        Answer(
            "requests", .hour, ["path": "/a"],
            [
                "requests": 10, "status_2xx": 6, "status_3xx": 1, "status_4xx": 1, "status_5xx": 2, "error_rate": 0.2,
                "p50_ms": 50,
                "p95_ms": 100, "p99_ms": 100, "max_ms": 100, "mean_ms": 55, "per_second": 10.0 / 3600, "mean_cpu_ms": 5,
                "max_memory_mb": 120.5,
            ]),
        // POST /b: one answer, no duration: no percentile, and no error among one.
        Answer(
            "requests", ["method": "POST"],
            ["requests": 1, "error_rate": 0, "p95_ms": nil, "mean_ms": nil, "max_memory_mb": nil]),
        // Both: 2 errors in 11; over all time there is no length to divide by.
        Answer("requests", ["requests": 11, "error_rate": 2.0 / 11, "per_second": nil]),
        Answer("request_places", ["country": "DE", "colo": "FRA"], ["requests": 7]),
        Answer("request_places", ["country": nil], ["requests": 4]),
        // SELECT: 1000 ms is not slow, 1001 is; 7 and 9 ms. Mean 2017 / 4.
        Answer(
            "database_queries", ["type": "SELECT"],
            ["queries": 4, "slow": 1, "failed": 0, "mean_ms": 504.25, "slow_share": 0.25, "max_ms": 1001]),
        Answer(
            "database_queries", ["type": "INSERT"],
            ["queries": 2, "failed": 2, "connection_errors": 1, "timeouts": 1, "mean_ms": 17.5]),
        Answer("expensive_queries", ["query": "SELECT * FROM courses"], ["queries": 2, "mean_ms": 1000.5, "max_ms": 1001]),
        // Two queries that differ only after the 100th character are one.
        Answer("expensive_queries", ["query": "SELECT " + String(repeating: "x", count: 93)], ["queries": 2, "mean_ms": 8]),
        // The sample of 10:30 comes before that of 10:15 and is the latest all the same.
        Answer("database_size", ["samples": 2, "total_rows": 5000, "storage_mb": 12.5, "connections": 7, "max_connections": 9]),
        // canvas: three of four launches, one of them a millisecond before midnight.
        Answer(
            "lti_launches", ["platform_id": "canvas"],
            ["launches": 4, "successes": 3, "failures": 1, "launch_success": 0.75, "p50_ms": 300]),
        Answer("lti_launches", .hour, at: "2026-03-01T23:00", ["launches": 1, "launch_success": 1]),
        Answer("lti_launches", .day, at: "2026-03-02T00:00", ["launches": 4, "platforms": 2, "launch_success": 0.75]),
        Answer("lti_launches", ["user_role": nil], ["launches": 1, "failures": 1]),
        Answer("deep_links", ["platform_id": "canvas"], ["created": 2, "used": 2, "deep_link_success": 0.5]),
        Answer("deep_links", ["platform_id": "moodle"], ["created": 1, "used": 0, "deep_link_success": nil]),
        Answer("names_and_roles", ["requests": 1, "failures": 0, "p95_ms": 250]),
        Answer("grades", ["posted": 3, "errors": 1, "error_rate": 0.25]),
    ]

    static let pageAnswers: [Answer] = [
        // LCP 2500 and 100 are good, 2501 is neither, 4001 is poor. p75 of 100 2500 2501 4001 is rank 3.
        Answer(
            "web_vitals", ["name": "LCP"],
            ["samples": 4, "good": 2, "poor": 1, "good_share": 0.5, "poor_share": 0.25, "p75": 2501]),
        Answer("web_vitals", ["name": "CLS"], ["samples": 2, "good": 1, "poor": 1]),
        Answer("web_vitals", ["name": "INP"], ["samples": 1, "good": 0, "poor": 0, "good_share": 0]),
        Answer(
            "page_loads", ["url": "/a"],
            ["loads": 1, "dns_ms": 5, "tcp_ms": 20, "ssl_ms": 15, "ttfb_ms": 100, "download_ms": 40, "dom_ms": 10, "p95_ms": 3]),
        Answer("page_resources", ["initiator": "script"], ["resources": 2, "bytes": 1500, "max_ms": 80]),
        Answer("long_tasks", ["tasks": 2, "busy_ms": 111, "max_ms": 60]),
        // js.error three times the same; a rejection without a message; one error of three log lines; 500 and 503 of 11 requests.
        Answer("errors", ["signal": "js.error"], ["errors": 3, "messages": 1, "top_messages": "x is undefined 3"]),
        Answer("errors", ["signal": "js.unhandled_rejection"], ["errors": 1, "messages": 0]),
        Answer("errors", ["signal": "http.request"], ["errors": 2, "top_paths": "/a 2"]),
        Answer("errors", ["errors": 7, "messages": 2, "top_messages": "x is undefined 3, db down 1"]),
        Answer("log_entries", ["level": "info"], ["entries": 2]),
        Answer("log_entries", ["level": "error", "feature": "chat"], ["entries": 1]),
        Answer("videos", ["uploaded": 2, "transcribed": 1, "processing_ms": 6000]),
        // Three of four found; (10 + 20 + 30 + 40) / 4.
        Answer("faq", ["queries": 4, "hits": 3, "hit_rate": 0.75, "mean_ms": 25]),
        Answer("assessments", ["created": 1, "completed": 2, "completion_ms": 90_000]),
        Answer("feature_usage", ["feature": "faq.query"], ["uses": 4, "users": 1]),
        // database: 3 of 4 healthy, kv 1 of 1, together 4 of 5. The last check of the database was healthy.
        Answer(
            "health_checks", ["service": "database"],
            ["checks": 4, "uptime": 0.75, "status": "healthy", "version": "1.2", "p50_ms": 6]),
        Answer("health_checks", ["uptime": 0.8]),
        Answer("health_checks", .minute, at: "2026-03-01T16:02", ["uptime": 0]),
        Answer("synthetic_checks", ["check": "Home Page"], ["checks": 2, "passed": 1, "pass_rate": 0.5, "status": "fail"]),
        // 3000 waited five minutes before the latest sample.
        Answer("queues", ["queue": "analytics"], ["samples": 2, "depth": 1001, "max_depth": 3000]),
        Answer("queues", ["queue": "log"], ["depth": 0]),
    ]

    @Test func `the views say what a calculation by hand says`() async throws {
        let fixture = try await Fixture.read(.atomic)
        for answer in Self.requestAnswers + Self.pageAnswers { try fixture.check(answer) }
    }

    @Test func `every line is counted once, and every signal of the system is there`() async throws {
        let fixture = try await Fixture.read(.atomic)
        #expect(fixture.received == 74 && fixture.appended == 74 && fixture.duplicates == 0)
        #expect(fixture.flags.isEmpty, "\(fixture.flags)")
        let missing = Catalog.signals(of: .atomic).map(\.name).filter { !fixture.signals.contains($0) }
        #expect(missing.isEmpty, "\(missing)")
    }
}
