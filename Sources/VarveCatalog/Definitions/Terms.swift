/// One definition each.
public enum Terms {
    public static let all: [TermDefinition] = [
        TermDefinition(
            "uptime", ["A45", "A53", "D12"], source: "view health_checks, column uptime",
            "The share of health checks in the time asked for whose status was healthy; over all services with --by "
                + "none. A time without checks has no uptime rather than a full one."),
        TermDefinition(
            "uptime of an integration", ["F6", "F13"], source: "view integrations, column uptime",
            "What the integration last reported of itself, as a fraction. The share of its reports that were healthy "
                + "stands beside it as healthy_share."),
        TermDefinition(
            "active launches", ["A45", "D12"], source: "varve metrics, active_launches; view lti_launches by the minute",
            "Successful lti.launch events of the last 30 minutes before the newest event."),
        TermDefinition(
            "session", ["A29", "A50", "M20", "D12"], source: "view sessions; distinct values of session elsewhere",
            "Events with one value of session, until none has come for 30 minutes; the next begins another. Events without "
                + "one belong to none. Where a view counts different sessions, it counts values."),
        TermDefinition(
            "user retention", ["A50", "D12"], source: "view user_retention, column retention",
            "Of the users active in a period, the share that is active in the next one of the same length: days, weeks from "
                + "Monday, and thirty days."),
        TermDefinition(
            "active now", ["C37"], source: "varve metrics, users.active_now",
            "Different users with a chat.message in the last 30 minutes before the newest event."),
        TermDefinition(
            "priority of an optimisation", ["A67", "A68", "A69", "D12"], source: "none yet",
            "Impact first (high before medium), then how far the measured value lies above its limit, as a ratio."),
        TermDefinition(
            "overall resilience", ["B41", "D12"], source: "view resilience, column resilience",
            "(confirmed actions + retries won + recoveries) / (confirmed actions + rollbacks + retries won + retries "
                + "lost + error boundaries triggered): of all that could go wrong and ended, the share that ended well."),
        TermDefinition(
            "false-positive rate", ["M11", "D12"], source: "none yet: needs alert rules",
            "Of the alerts that the rules give when replayed over recorded history, the share in whose time nobody "
                + "opened an incident and whose metric was healthy again within the rule's own duration."),
        TermDefinition(
            "usability score", ["C55", "D12"], source: "none: asked of people",
            "The mean of ten questions answered from 1 to 10 by those who use the dashboard for a week."),
        TermDefinition(
            "time in a state", ["F13", "F15", "M14"], source: "table times of the views of things: incidents, service_status …",
            "From the event that gave the state until the one that changed it, by the events' own time; what is in it still, "
                + "until the newest event of the log. Time in one that is over does not count."),
        TermDefinition(
            "response and resolution of an incident", ["F15"], source: "view incidents, table times and column seconds_open",
            "Response: the time in state open. Resolution: from its opening until it was resolved or closed."),
        TermDefinition(
            "batch", ["F2"], source: "view creator_batches",
            "A creator.action with items. The interval is the time from the first to the last, over one less than there are."),
        TermDefinition(
            "retry success", ["B14", "D6"], source: "view retry_success, column retry_success",
            "Successes over chains that ended (successes + failures). Successes per attempt is success_per_attempt in "
                + "retry_effort."),
        TermDefinition(
            "error recovery", ["B15", "D5"], source: "view error_recovery",
            "error_recovery is the literal formula, different sessions with a recovery over triggers; session_recovery "
                + "is sessions over sessions; event_recovery is recoveries over triggers. Any of them can pass 1 in a bucket "
                + "that has recoveries of triggers before it."),
        TermDefinition(
            "duplicate suppression", ["B16", "D4"], source: "view duplicate_clicks, column suppression_rate",
            "suppressed / (suppressed + leaked). Leaked: two optimistic starts of one component in one session less than"
                + " 500 ms apart with no suppression between them."),
        TermDefinition(
            "user latency", ["B17", "B28", "B32"], source: "view user_latency",
            "duration_ms of optimistic actions that ended, by success or rollback. Slow is over 2 s."),
        TermDefinition(
            "error rate", ["A17", "A55", "D3"], source: "view requests, column error_rate",
            "Answers with status 500 … 599 over all answers, as a fraction."),
        TermDefinition(
            "success rate of a print channel", ["F5", "F12", "D3"], source: "view pod_orders, column success_rate",
            "successful_orders / total_orders of the channel's latest report; reports count from the channel's beginning."),
        TermDefinition(
            "pN", ["A16", "B17"], source: "every quantile column",
            "The value of rank ⌈N/100 · count⌉ among the values in ascending order; from a sketch with a relative error "
                + "of at most 0.55 %."),
        TermDefinition(
            "day and hour", ["F3", "C41"], source: "every view",
            "In UTC, and so is the hour of the week. A view of your own has the days of a named zone: zone: Europe/Berlin "
                + "(docs/views.md)."),
    ]
}
