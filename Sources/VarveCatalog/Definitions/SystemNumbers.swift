internal import VarveEvents

// The numbers of each system's documents, except for limits of page experience and resilience.

extension Numbers {
    /// FlashFusion's defaults, and the stricter example of a live reconfiguration.
    public enum Flashfusion {
        public static let updateInterval = DefinedNumber(
            "update_interval", 60_000, .milliseconds, "how often metrics are brought up to date", "F18")
        public static let updateIntervalStrict = DefinedNumber(
            "update_interval_strict", 30_000, .milliseconds, "the same, in the example of a reconfiguration", "F20")
        public static let retention = DefinedNumber(
            "retention", 30, .days, "how long events are kept; strictly more, because whole segments go (D1)", "F18", "M9", "X6",
            "D1")
        public static let incidentRetention = DefinedNumber(
            "incident_retention", 30, .days, "how long an incident is kept after it was created", "F21", "D2")
        public static let debtRetention = DefinedNumber(
            "debt_retention", 30, .days, "how long tech debt is kept after it was resolved; open debt stays", "F22", "D2")
        public static let podSuccess = DefinedNumber("pod_success", 0.95, .fraction, "least share of orders that succeed", "F19")
        public static let podSuccessStrict = DefinedNumber("pod_success_strict", 0.98, .fraction, "the stricter example", "F20")
        public static let integrationUptime = DefinedNumber(
            "integration_uptime", 0.99, .fraction, "least uptime of an integration", "F19")
        public static let integrationUptimeStrict = DefinedNumber(
            "integration_uptime_strict", 0.995, .fraction, "the stricter example", "F20")
        public static let responseTime = DefinedNumber(
            "integration_response", 1_000, .milliseconds, "longest response time of an integration", "F19")
        public static let responseTimeStrict = DefinedNumber(
            "integration_response_strict", 500, .milliseconds, "the stricter example", "F20")
        public static let errorRate = DefinedNumber("integration_errors", 0.01, .fraction, "most errors of an integration", "F19")
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
            "query_text", 100, .count, "characters of a query's text that are kept", "A4", "D13")
        public static let memory = DefinedNumber(
            "hot_path_memory", 100, .megabytes, "memory over this is to be looked into", "A68")
        public static let endpointErrors = DefinedNumber(
            "endpoint_errors", 0.05, .fraction, "an endpoint with more errors needs better handling", "A69")
        public static let syntheticTimeout = DefinedNumber(
            "synthetic_timeout", 5_000, .milliseconds, "a synthetic check waits this long", "A37")
        public static let syntheticStatus = DefinedNumber("synthetic_status", 200, nil, "the HTTP status it expects", "A37")
        public static let storeProbeLife = DefinedNumber(
            "store_probe_life", 60, .seconds, "life of the key that probes the key-value store", "A33")
        public static let reconnectAttempts = DefinedNumber(
            "reconnect_attempts", 5, .count, "how often a dashboard reconnects", "A49")
        public static let reconnectBase = DefinedNumber(
            "reconnect_base", 1_000, .milliseconds, "attempt n waits 2ⁿ times this", "A49")

        static let all = [
            slowQuery, queryText, memory, endpointErrors, syntheticTimeout, syntheticStatus, storeProbeLife, reconnectAttempts,
            reconnectBase,
        ]
    }

    /// The chatbot plan's rings, which are query defaults here (decision D8), and its limits.
    public enum Chatbot {
        public static let hourlyBuckets = DefinedNumber(
            "hourly_buckets", 168, .count, "hours of message volume shown: seven days", "C2", "D8")
        public static let hourlyDefault = DefinedNumber(
            "hourly_default", 24, .hours, "hours of a chart unless asked otherwise", "C10", "C36")
        public static let dailyDefault = DefinedNumber(
            "daily_default", 7, .days, "days of a chart unless asked otherwise", "C11", "C37")
        public static let responseTimes = DefinedNumber(
            "response_times", 1_000, .count, "latest response times looked at", "C3", "D8")
        public static let feedLength = DefinedNumber("feed_length", 50, .count, "messages of the live feed", "C34", "C35", "D8")
        public static let activeWindow = DefinedNumber(
            "active_window", 1_800, .seconds, "a user is active now for this long", "C37")
        public static let healthAnswer = DefinedNumber(
            "health_answer", 100, .milliseconds, "the quick health answer's limit", "C16")
        public static let platformCache = DefinedNumber(
            "platform_cache", 300, .seconds, "how long the platform's status is remembered", "C16")
        public static let refresh = DefinedNumber(
            "view_refresh", 3_600, .seconds, "how often the hourly view is refreshed at least", "C30")
        public static let pushInterval = DefinedNumber(
            "push_interval", 30, .seconds, "how often metrics go to the browser", "C27")
        public static let anomaly = DefinedNumber(
            "anomaly", 2, .deviations, "a volume further from the mean is an anomaly", "C40")
        public static let load = DefinedNumber(
            "load", 1_000 / 60, .perSecond, "load that must be borne: 1000 messages a minute", "C47")
        public static let dashboard = DefinedNumber(
            "dashboard", 2_000, .milliseconds, "a dashboard is there by then", "C49", "M8")
        public static let live = DefinedNumber("live_update", 500, .milliseconds, "an update is seen by then", "C50")
        public static let overhead = DefinedNumber("overhead", 0.05, .fraction, "processor time that monitoring may take", "C51")
        public static let botMemory = DefinedNumber("bot_memory", 100, .megabytes, "memory it may take beside the bot", "C57")
        public static let adminMemory = DefinedNumber(
            "admin_memory", 50, .megabytes, "memory it may take beside the admin", "C57")
        public static let usability = DefinedNumber(
            "usability", 8, .score, "least score of ten (D12: sum of a questionnaire)", "C55", "D12")
        public static let debuggingTime = DefinedNumber("debugging_time", 0.5, .fraction, "debugging time saved", "C54")

        static let all = [
            hourlyBuckets, hourlyDefault, dailyDefault, responseTimes, feedLength, activeWindow, healthAnswer, platformCache,
            refresh,
            pushInterval, anomaly, load, dashboard, live, overhead, botMemory, adminMemory, usability, debuggingTime,
        ]
    }

    /// The monitoring system's success criteria.
    public enum Monitoring {
        public static let collection = DefinedNumber("collection", 1_000, .milliseconds, "a sample is collected by then", "M6")
        public static let alertDelivery = DefinedNumber(
            "alert_delivery", 30_000, .milliseconds, "an alert is delivered by then", "M7")
        public static let detection = DefinedNumber("detection", 300_000, .milliseconds, "an incident is detected by then", "M13")
        public static let resolution = DefinedNumber("resolution", 900, .seconds, "an alert is resolved by then", "M12")
        public static let falsePositives = DefinedNumber(
            "false_positives", 0.01, .fraction, "share of alerts that were none, by replaying the rules", "M11", "D12")

        static let all = [collection, alertDelivery, detection, resolution, falsePositives]
    }
}
