/// The definitions of all terms.
public enum Terms {
    public static let all: [TermDefinition] = [
        TermDefinition(
            "uptime", ["A45", "A53", "D12"], source: "view health_checks, column uptime",
            "The share of health checks in the time range whose status was healthy; over all services with --by "
                + "none. A time range without checks has no uptime, instead of full uptime."),
        TermDefinition(
            "uptime of an integration", ["F6", "F13"], source: "view integrations, column uptime",
            "The uptime last reported by the integration, as a fraction. The share of its reports that were healthy "
                + "is in the column healthy_share."),
        TermDefinition(
            "active launches", ["A45", "D12"], source: "varve metrics, active_launches; view lti_launches by the minute",
            "Successful lti.launch events of the last 30 minutes before the newest event."),
        TermDefinition(
            "session", ["A29", "A50", "M20", "D12"], source: "view sessions; distinct values of session elsewhere",
            "Events with the same value of session, with gaps of at most 30 minutes; a later event begins another session. "
                + "Events without a value belong to none. Views that count distinct sessions count values."),
        TermDefinition(
            "user retention", ["A50", "D12"], source: "view user_retention, column retention",
            "Of the users active in a period, the share that is active in the next one of the same length: days, weeks from "
                + "Monday, and thirty days."),
        TermDefinition(
            "active now", ["C37"], source: "varve metrics, users.active_now",
            "Distinct users with a chat.message in the last 30 minutes before the newest event."),
        TermDefinition(
            "priority of an optimisation", ["A67", "A68", "A69", "D12"], source: "varve report optimization",
            "Impact first (high before medium), then the ratio of the measured value to its limit."),
        TermDefinition(
            "overall resilience", ["B41", "D12"], source: "view resilience, column resilience",
            "(confirmed actions + successful retries + recoveries) / (confirmed actions + rollbacks + successful retries "
                + "+ failed retries + error boundaries triggered): of everything that finished and could fail, the share "
                + "that succeeded."),
        TermDefinition(
            "false-positive rate", ["M11", "D12"], source: "varve alert sweep, false_firings of fired: the part about incidents",
            "Of the alerts that the rules raise when replayed over recorded history, the share during which no incident "
                + "was opened and whose metric was healthy again within the rule's own duration."),
        TermDefinition(
            "usability score", ["C55", "D12"], source: "none: a survey",
            "The mean of ten questions answered from 1 to 10 by people who have used the dashboard for a week."),
        TermDefinition(
            "time in a state", ["F13", "F15", "M14"], source: "table times of the entity views: incidents, service_status …",
            "From the event that set the state until the one that changed it, by event time; for the current state, "
                + "until the newest event of the log. Time after closing does not count."),
        TermDefinition(
            "response and resolution of an incident", ["F15"], source: "view incidents, table times and column seconds_open",
            "Response: the time in the state open. Resolution: from its opening until it was resolved or closed."),
        TermDefinition(
            "batch", ["F2"], source: "view creator_batches",
            "A creator.action with items. The interval is the time from the first to the last, divided by their number minus "
                + "one."),
        TermDefinition(
            "retry success", ["B14", "D6"], source: "view retry_success, column retry_success",
            "Successes divided by finished retry sequences (successes + failures). Successes per attempt is "
                + "success_per_attempt in retry_effort."),
        TermDefinition(
            "error recovery", ["B15", "D5"], source: "view error_recovery",
            "error_recovery is the literal formula, distinct sessions with a recovery divided by triggers; session_recovery "
                + "divides sessions by sessions; event_recovery divides recoveries by triggers. Any of them can exceed 1 in a "
                + "bucket with recoveries of earlier triggers."),
        TermDefinition(
            "duplicate suppression", ["B16", "D4"], source: "view duplicate_clicks, column suppression_rate",
            "suppressed / (suppressed + leaked). Leaked: two optimistic starts of one component in one session less than"
                + " 500 ms apart with no suppression between them."),
        TermDefinition(
            "user latency", ["B17", "B28", "B32"], source: "view user_latency",
            "duration_ms of optimistic actions that ended, by success or rollback. Slow is over 2 s."),
        TermDefinition(
            "error rate", ["A17", "A55", "D3"], source: "view requests, column error_rate",
            "Responses with status 500 … 599 divided by all responses, as a fraction."),
        TermDefinition(
            "success rate of a print channel", ["F5", "F12", "D3"], source: "view pod_orders, column success_rate",
            "successful_orders / total_orders of the channel's latest report; reports are cumulative."),
        TermDefinition(
            "pN", ["A16", "B17"], source: "every quantile column",
            "The value of rank ⌈N/100 · count⌉ among the values in ascending order; from a sketch with a relative error "
                + "of at most 0.55 %."),
        TermDefinition(
            "day and hour", ["F3", "C41"], source: "every view",
            "In UTC, like the hour of the week. A custom view can use the days of a named zone: zone: Europe/Berlin "
                + "(docs/views.md)."),
    ]
}
