internal import VarveEvents

// The numbers that views and alerts compare with: resilience, page experience, alert rules.

extension Numbers {
    /// Bookiji's limits and targets.
    public enum Resilience {
        public static let rollbackHealthy = DefinedNumber(
            "rollback_healthy", 0.05, .fraction, "rollback rate is healthy below", "B13", "B25")
        public static let rollbackAlert = DefinedNumber(
            "rollback_alert", 0.10, .fraction, "rollback rate alerts above", "B13", "B29")
        public static let retryHealthy = DefinedNumber(
            "retry_healthy", 0.80, .fraction, "retry success is healthy from", "B14", "B26", "B40")
        public static let retryAlert = DefinedNumber("retry_alert", 0.60, .fraction, "retry success alerts below", "B14", "B30")
        public static let recoveryHealthy = DefinedNumber(
            "recovery_healthy", 0.95, .fraction, "error recovery is healthy from", "B15", "B27", "B39")
        public static let recoveryAlert = DefinedNumber(
            "recovery_alert", 0.90, .fraction, "error recovery alerts below", "B15", "B31")
        public static let suppression = DefinedNumber(
            "suppression", 1, .fraction, "all duplicate clicks are suppressed; leakage is a bug", "B16", "B38")
        public static let slow = DefinedNumber("slow_action", 2_000, .milliseconds, "a user's action over this is slow", "B32")
        public static let slowShare = DefinedNumber("slow_share", 0.05, .fraction, "share of slow actions alerts above", "B32")
        public static let optimisticUI = DefinedNumber(
            "optimistic_ui", 100, .milliseconds, "target for the screen's response to an action", "B34")
        public static let rollback = DefinedNumber(
            "rollback_recovery", 200, .milliseconds, "target for completing a rollback", "B35")
        public static let boundary = DefinedNumber(
            "error_boundary", 500, .milliseconds, "target for the recovery of an error boundary", "B36")
        public static let skeleton = DefinedNumber(
            "loading_skeleton", 1_000, .milliseconds, "target for replacing a loading skeleton", "B37")
        public static let overall = DefinedNumber(
            "overall_resilience", 0.99, .fraction, "overall resilience (D12) from", "B41", "D12")
        public static let debounce = DefinedNumber(
            "debounce", 500, .milliseconds, "a second click within this time is a duplicate", "B11", "D4")

        static let all = [
            rollbackHealthy, rollbackAlert, retryHealthy, retryAlert, recoveryHealthy, recoveryAlert, suppression, slow,
            slowShare,
            optimisticUI, rollback, boundary, skeleton, overall, debounce,
        ]
    }

    /// Alert rules of Atomic Guide: the limit, and how long it must be exceeded.
    public enum Alerting {
        public static let errorRate = DefinedNumber(
            "high_error_rate", 0.05, .fraction, "alert when the share of 5xx responses exceeds this", "A55")
        public static let errorRateFor = DefinedNumber("high_error_rate_for", 300, .seconds, "… for this long", "A55")
        public static let responseTime = DefinedNumber(
            "high_response_time", 2_000, .milliseconds, "alert when the p95 of response times exceeds this", "A56")
        public static let responseTimeFor = DefinedNumber("high_response_time_for", 300, .seconds, "… for this long", "A56")
        public static let connectionErrors = DefinedNumber(
            "database_connection_errors", 10, .count, "alert when failed database connections exceed this", "A57")
        public static let connectionErrorsFor = DefinedNumber(
            "database_connection_errors_for", 120, .seconds, "… within this time", "A57")
        public static let queueBacklog = DefinedNumber(
            "queue_backlog", 1_000, .count, "alert when waiting messages exceed this", "A58")
        public static let queueBacklogFor = DefinedNumber("queue_backlog_for", 300, .seconds, "… for this long", "A58")

        static let all = [
            errorRate, errorRateFor, responseTime, responseTimeFor, connectionErrors, connectionErrorsFor, queueBacklog,
            queueBacklogFor,
        ]
    }

    /// Limits of page experience, from the source of web-vitals (decision D10): good up to the first, poor above the second.
    public enum Vitals {
        public static let lcpGood = DefinedNumber(
            "lcp_good", 2_500, .milliseconds, "largest contentful paint is good up to", "D10", "A6")
        public static let lcpPoor = DefinedNumber("lcp_poor", 4_000, .milliseconds, "… and poor above", "D10", "A6")
        public static let inpGood = DefinedNumber(
            "inp_good", 200, .milliseconds, "interaction to next paint is good up to", "D10")
        public static let inpPoor = DefinedNumber("inp_poor", 500, .milliseconds, "… and poor above", "D10")
        public static let fcpGood = DefinedNumber(
            "fcp_good", 1_800, .milliseconds, "first contentful paint is good up to", "D10", "A6")
        public static let fcpPoor = DefinedNumber("fcp_poor", 3_000, .milliseconds, "… and poor above", "D10", "A6")
        public static let ttfbGood = DefinedNumber(
            "ttfb_good", 800, .milliseconds, "time to first byte is good up to", "D10", "A6")
        public static let ttfbPoor = DefinedNumber("ttfb_poor", 1_800, .milliseconds, "… and poor above", "D10", "A6")
        public static let clsGood = DefinedNumber("cls_good", 0.1, .score, "cumulative layout shift is good up to", "D10", "A6")
        public static let clsPoor = DefinedNumber("cls_poor", 0.25, .score, "… and poor above", "D10", "A6")
        public static let fidGood = DefinedNumber("fid_good", 100, .milliseconds, "first input delay is good up to", "D10", "A6")
        public static let fidPoor = DefinedNumber("fid_poor", 300, .milliseconds, "… and poor above", "D10", "A6")

        static let all = [
            lcpGood, lcpPoor, inpGood, inpPoor, fcpGood, fcpPoor, ttfbGood, ttfbPoor, clsGood, clsPoor, fidGood, fidPoor,
        ]

        /// Per metric name: good up to, poor above.
        static let limits: [(name: String, good: DefinedNumber, poor: DefinedNumber)] = [
            ("LCP", lcpGood, lcpPoor), ("INP", inpGood, inpPoor), ("FCP", fcpGood, fcpPoor), ("TTFB", ttfbGood, ttfbPoor),
            ("CLS", clsGood, clsPoor), ("FID", fidGood, fidPoor),
        ]
    }
}
