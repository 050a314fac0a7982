import VarveEvents

// The five families of resilience signals (B2–B6). The envelope is B1's: component and session are required, the user is not.

extension Catalog {
    static let bookijiSignals: [SignalDescription] = [
        family(
            "optimistic_action.start", "the screen shows an action as done before the server has confirmed it",
            ["B2", "B8", "B34"],
            [
                action, .duration("until the screen showed it", from: ["ui_duration_ms"]),
            ]),
        family(
            "optimistic_action.success", "the server confirmed the action", ["B2", "B17"],
            [action, .duration("from start to confirmation")]),
        family(
            "optimistic_action.rollback", "the server refused, and the screen reverted the action", ["B2", "B13"],
            [
                action, .duration("from start to rollback"),
                FieldDescription("rollback_ms", .number, unit: .milliseconds, "from the refusal until the screen was reverted"),
                FieldDescription("rollback_reason", .text, default: "unknown"),
            ]),
        family(
            "retry.attempt", "a failed call is retried", ["B3"],
            [
                endpoint, retryCount, FieldDescription("backoff_ms", .number, unit: .milliseconds, "waited before it"),
            ]),
        family("retry.success", "a sequence of retries succeeded", ["B3", "B14"], [endpoint, retryCount, totalDuration]),
        family(
            "retry.failure", "a sequence of retries was given up", ["B3", "B14"],
            [
                endpoint, retryCount, totalDuration, FieldDescription("final_error", .text, privacy: .content),
            ]),
        family(
            "error_boundary.triggered", "an error boundary caught an error", ["B4", "B15"],
            [
                errorType, FieldDescription("error_message", .text, privacy: .content),
            ]),
        family(
            "error_boundary.recovered", "the component works again", ["B4", "B15", "B36"],
            [
                errorType, FieldDescription("recovery_method", .text),
                FieldDescription("recovery_time_ms", .number, unit: .milliseconds, "from the error to the recovery"),
            ]),
        family("loading_skeleton.shown", "a placeholder is shown while something loads", ["B5", "B9"], []),
        family(
            "loading_skeleton.hidden", "the placeholder was replaced by the loaded content", ["B5", "B37"],
            [.duration("how long it was shown")]),
        family(
            "debounced_click.suppressed", "a click was ignored as a duplicate", ["B6", "B16"],
            [
                FieldDescription("suppression_reason", .text, required: true, allowed: ["already_processing", "too_soon"])
            ]),
    ]

    private static let action = FieldDescription("action_id", .text, privacy: .pseudonymous, "connects start and end")
    private static let endpoint = FieldDescription("api_endpoint", .text, required: true)
    private static let retryCount = FieldDescription("retry_count", .integer, unit: .count)
    private static let totalDuration = FieldDescription(
        "total_duration_ms", .number, unit: .milliseconds, "of the whole sequence, including waiting")
    private static let errorType = FieldDescription("error_type", .text)

    private static func family(
        _ name: String, _ meaning: String, _ requirements: [String], _ fields: [FieldDescription]
    ) -> SignalDescription {
        describe(
            name, .bookiji, meaning, ["B1"] + requirements, sources: [name.replacing(".", with: "_")], dedup: ["id"],
            [.component("the component of the screen", required: true), .requiredSession, .user] + fields)
    }
}
