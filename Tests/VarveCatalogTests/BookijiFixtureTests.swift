import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// `Fixtures/bookiji.ndjson`, 43 lines of which two repeat an id. All of 2026-03-01 unless said.
struct BookijiFixtureTests {
    static let answers: [Answer] = [
        // PaymentButton at 10 h: starts at 10:00 (twice by one id: once), :05, :10, :59:59.999, and 10:30, which comes last of
        // all.
        Answer("rollback_rate", .hour, ["component": "PaymentButton"], ["started": 5, "rollbacks": 1, "rollback_rate": 0.2]),
        // BookingForm starts 100 ms before midnight and is taken back 100 ms after it: 0 of 1, then 1 of 0, over both days 1 of
        // 1.
        Answer(
            "rollback_rate", .day, at: "2026-03-01T00:00", ["component": "BookingForm"],
            ["started": 1, "rollbacks": 0, "rollback_rate": 0]),
        Answer(
            "rollback_rate", .day, at: "2026-03-02T00:00", ["component": "BookingForm"],
            ["started": 0, "rollbacks": 1, "rollback_rate": nil]),
        Answer("rollback_rate", .all, ["component": "BookingForm"], ["rollback_rate": 1]),
        // All: 6 starts, 2 rollbacks.
        Answer("rollback_rate", ["started": 6, "rollbacks": 2, "rollback_rate": 1.0 / 3]),
        // Ten values, sorted: 60 75 90 120 180 250 310 400 1000 2500. p50 is rank 5, p95 rank ⌈9.5⌉ = 10. One is over 2 s.
        Answer(
            "user_latency", ["component": "SearchResults"],
            ["timed": 10, "slow": 1, "slow_share": 0.1, "p50_ms": 180, "p95_ms": 2500, "p99_ms": 2500, "max_ms": 2500]),
        // One event: every percentile is its value.
        Answer(
            "user_latency", ["component": "PaymentButton"],
            ["timed": 1, "slow_share": 0, "p50_ms": 150, "p95_ms": 150, "p99_ms": 150]),
        // A rollback without a duration is not timed, and there is nothing else: no row.
        Answer("user_latency", ["component": "BookingForm"], nil),
        // Five attempts, one chain won, one lost. Attempts per chain 5 / 2; backoff (100 + 200 + 400 + 800 + 1600) / 5.
        Answer(
            "retry_success", ["api_endpoint": "/api/bookings"],
            ["attempts": 5, "successes": 1, "failures": 1, "retry_success": 0.5]),
        Answer(
            "retry_effort", ["api_endpoint": "/api/bookings"],
            ["attempts_per_chain": 2.5, "success_per_attempt": 0.2, "backoff_ms": 620, "max_ms": 2600]),
        // One attempt under one id, sent twice: counted once. No chain ended: no rate.
        Answer("retry_success", ["api_endpoint": "/api/reviews"], ["attempts": 1, "retry_success": nil]),
        // Triggers in s1 s1 s2 s3, recoveries in s1 (a second before its trigger) s1 s2. Sessions 2 over triggers 4, sessions 2
        // over sessions 3, events 3 over events 4.
        Answer(
            "error_recovery", ["component": "VendorInbox"],
            [
                "triggers": 4, "recoveries": 3, "triggered_sessions": 3, "recovered_sessions": 2, "error_recovery": 0.5,
                "session_recovery": 2.0 / 3, "event_recovery": 0.75, "p50_ms": 499, "max_ms": 500,
            ]),
        // 80, 100 and 120 ms against less than 100; a rollback of 199 against less than 200.
        Answer(
            "resilience_targets", ["component": "PaymentButton"],
            ["ui_timed": 3, "ui_in_time": 1, "ui_share": 1.0 / 3, "rollback_share": 1]),
        // 200 ms is not less than 200, and no start of BookingForm was timed.
        Answer("resilience_targets", ["component": "BookingForm"], ["ui_share": nil, "rollbacks_timed": 1, "rollback_share": 0]),
        // Recoveries in 499 and 500 ms against less than 500 (a third has no time); skeletons 400 999 1000 1500 against less
        // than 1000.
        Answer(
            "resilience_targets", ["component": "VendorInbox"],
            ["boundaries_timed": 2, "boundary_share": 0.5, "skeletons_timed": 4, "skeleton_share": 0.5]),
        // (10 confirmed + 1 won + 3 recoveries) / (10 + 2 rollbacks + 1 won + 1 lost + 4 triggers) = 14 / 18.
        Answer("resilience", ["resilience": 14.0 / 18]),
        Answer("suppressed_clicks", ["component": "AddToCartButton", "reason": "already_processing"], ["suppressed": 2]),
        Answer("suppressed_clicks", ["suppressed": 3]),
        Answer("rollback_reasons", ["reason": "timeout"], ["rollbacks": 1]),
        Answer("resilience_activity", ["component": "VendorInbox", "signal": "error_boundary.triggered"], ["events": 4]),
        Answer("resilience_activity", .hour, at: "2026-03-01T15:00", ["events": 3]),
        Answer("volume", ["events": 41]),
        // u1 in 16 events of the first day; the events of s2, s3 and s4 have no user.
        Answer("active_users", .day, at: "2026-03-01T00:00", ["users": 1]),
    ]

    @Test func `the views say what a calculation by hand says`() async throws {
        let fixture = try await Fixture.read(.bookiji)
        for answer in Self.answers { try fixture.check(answer) }
    }

    @Test func `every line is counted once, and every signal of the system is there`() async throws {
        let fixture = try await Fixture.read(.bookiji)
        #expect(fixture.received == 43 && fixture.appended == 41 && fixture.duplicates == 2)
        #expect(fixture.flags.isEmpty, "\(fixture.flags)")
        let missing = Catalog.signals(of: .bookiji).map(\.name).filter { !fixture.signals.contains($0) }
        #expect(missing.isEmpty, "\(missing)")
    }
}
