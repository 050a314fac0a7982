internal import VarveEvents

// The numbers of each system's documents, except limits of page experience and resilience.

extension Numbers {
    /// FlashFusion's defaults, and the stricter example of a live reconfiguration.
    public enum Flashfusion {
        public static let updateInterval = DefinedNumber(
            "update_interval", 60_000, .milliseconds, "the update interval of metrics", "F18")
        public static let updateIntervalStrict = DefinedNumber(
            "update_interval_strict", 30_000, .milliseconds, "the same, in the reconfiguration example", "F20")
        public static let retention = DefinedNumber(
            "retention", 30, .days, "how long events are kept; slightly longer in fact, because whole segments are removed (D1)",
            "F18", "M9", "X6", "D1")
        public static let incidentRetention = DefinedNumber(
            "incident_retention", 30, .days, "how long an incident is kept after it was created", "F21", "D2")
        public static let debtRetention = DefinedNumber(
            "debt_retention", 30, .days, "how long tech debt is kept after it was resolved; open debt stays", "F22", "D2")
        public static let podSuccess = DefinedNumber(
            "pod_success", 0.95, .fraction, "the minimum share of successful orders", "F19")
        public static let podSuccessStrict = DefinedNumber("pod_success_strict", 0.98, .fraction, "the stricter example", "F20")
        public static let integrationUptime = DefinedNumber(
            "integration_uptime", 0.99, .fraction, "the minimum uptime of an integration", "F19")
        public static let integrationUptimeStrict = DefinedNumber(
            "integration_uptime_strict", 0.995, .fraction, "the stricter example", "F20")
        public static let responseTime = DefinedNumber(
            "integration_response", 1_000, .milliseconds, "the maximum response time of an integration", "F19")
        public static let responseTimeStrict = DefinedNumber(
            "integration_response_strict", 500, .milliseconds, "the stricter example", "F20")
        public static let errorRate = DefinedNumber(
            "integration_errors", 0.01, .fraction, "the maximum error rate of an integration", "F19")
        public static let errorRateStrict = DefinedNumber(
            "integration_errors_strict", 0.005, .fraction, "the stricter example", "F20")

        static let all = [
            updateInterval, updateIntervalStrict, retention, incidentRetention, debtRetention, podSuccess, podSuccessStrict,
            integrationUptime, integrationUptimeStrict, responseTime, responseTimeStrict, errorRate, errorRateStrict,
        ]
    }

    /// Limits of Atomic Guide's queries, probes, connections and optimisations.
    public enum Atomic {
        public static let slowQuery = DefinedNumber("slow_query", 1_000, .milliseconds, "a query over this is slow", "A20", "A67")
        public static let queryText = DefinedNumber(
            "query_text", 100, .count, "the number of characters kept of a query's text", "A4", "D13")
        public static let memory = DefinedNumber(
            "hot_path_memory", 100, .megabytes, "memory above this should be investigated", "A68")
        public static let endpointErrors = DefinedNumber(
            "endpoint_errors", 0.05, .fraction, "an endpoint with more errors needs better handling", "A69")
        public static let syntheticTimeout = DefinedNumber(
            "synthetic_timeout", 5_000, .milliseconds, "the time-out of a synthetic check", "A37")
        public static let syntheticStatus = DefinedNumber("synthetic_status", 200, nil, "the HTTP status it expects", "A37")
        public static let storeProbeLife = DefinedNumber(
            "store_probe_life", 60, .seconds, "the lifetime of the key that probes the key-value store", "A33")
        public static let reconnectAttempts = DefinedNumber(
            "reconnect_attempts", 5, .count, "the number of reconnect attempts of a dashboard", "A49")
        public static let reconnectBase = DefinedNumber(
            "reconnect_base", 1_000, .milliseconds, "attempt n waits 2ⁿ times this", "A49")

        static let all = [
            slowQuery, queryText, memory, endpointErrors, syntheticTimeout, syntheticStatus, storeProbeLife, reconnectAttempts,
            reconnectBase,
        ]
    }

    /// The chatbot plan's ring buffers, which are query defaults here (decision D8), and its limits.
    public enum Chatbot {
        public static let hourlyBuckets = DefinedNumber(
            "hourly_buckets", 168, .count, "hours of message volume shown: seven days", "C2", "D8")
        public static let hourlyDefault = DefinedNumber(
            "hourly_default", 24, .hours, "the default number of hours in a chart", "C10", "C36")
        public static let dailyDefault = DefinedNumber(
            "daily_default", 7, .days, "the default number of days in a chart", "C11", "C37")
        public static let responseTimes = DefinedNumber(
            "response_times", 1_000, .count, "the number of latest response times considered", "C3", "D8")
        public static let feedLength = DefinedNumber("feed_length", 50, .count, "messages of the live feed", "C34", "C35", "D8")
        public static let activeWindow = DefinedNumber(
            "active_window", 1_800, .seconds, "how long a user counts as active now", "C37")
        public static let healthAnswer = DefinedNumber(
            "health_answer", 100, .milliseconds, "the time limit of the quick health check", "C16")
        public static let platformCache = DefinedNumber(
            "platform_cache", 300, .seconds, "how long the platform's status is cached", "C16")
        public static let refresh = DefinedNumber(
            "view_refresh", 3_600, .seconds, "the maximum refresh interval of the hourly view", "C30")
        public static let pushInterval = DefinedNumber(
            "push_interval", 30, .seconds, "the interval at which metrics are pushed to the browser", "C27")
        public static let anomaly = DefinedNumber(
            "anomaly", 2, .deviations, "a volume further from the mean is an anomaly", "C40")
        public static let load = DefinedNumber(
            "load", 1_000 / 60, .perSecond, "the required load: 1000 messages a minute", "C47")
        public static let dashboard = DefinedNumber(
            "dashboard", 2_000, .milliseconds, "target for loading a dashboard", "C49", "M8")
        public static let live = DefinedNumber("live_update", 500, .milliseconds, "target for showing an update", "C50")
        public static let overhead = DefinedNumber("overhead", 0.05, .fraction, "the CPU time that monitoring may use", "C51")
        public static let botMemory = DefinedNumber("bot_memory", 100, .megabytes, "the memory it may use beside the bot", "C57")
        public static let adminMemory = DefinedNumber(
            "admin_memory", 50, .megabytes, "the memory it may use beside the admin", "C57")
        public static let usability = DefinedNumber(
            "usability", 8, .score, "the minimum score out of ten (D12: sum of a questionnaire)", "C55", "D12")
        public static let debuggingTime = DefinedNumber(
            "debugging_time", 0.5, .fraction, "the reduction of debugging time", "C54")

        static let all = [
            hourlyBuckets, hourlyDefault, dailyDefault, responseTimes, feedLength, activeWindow, healthAnswer, platformCache,
            refresh,
            pushInterval, anomaly, load, dashboard, live, overhead, botMemory, adminMemory, usability, debuggingTime,
        ]
    }

    /// The monitoring system's success criteria.
    public enum Monitoring {
        public static let collection = DefinedNumber("collection", 1_000, .milliseconds, "target for collecting a sample", "M6")
        public static let alertDelivery = DefinedNumber(
            "alert_delivery", 30_000, .milliseconds, "target for delivering an alert", "M7")
        public static let detection = DefinedNumber(
            "detection", 300_000, .milliseconds, "target for detecting an incident", "M13")
        public static let resolution = DefinedNumber("resolution", 900, .seconds, "target for resolving an alert", "M12")
        public static let falsePositives = DefinedNumber(
            "false_positives", 0.01, .fraction, "the share of false alerts, by replaying the rules", "M11", "D12")

        static let all = [collection, alertDelivery, detection, resolution, falsePositives]
    }
}
