import VarveEvents

// Signals of Atomic Guide's features (A29–A32) and services (A12, A13, A33–A38, A58). Its chat is `chat.message`.

extension Catalog {
    static let atomicFeatureSignals: [SignalDescription] = [
        describe(
            "video.uploaded", .atomic, "a video was uploaded", ["A30"],
            [
                video, FieldDescription("bytes", .integer, unit: .bytes), .user,
            ]),
        describe(
            "video.transcribed", .atomic, "a video was transcribed", ["A30"],
            [video, .success(required: false), .duration()]),
        describe(
            "faq.query", .atomic, "a question was searched for", ["A31"],
            [
                FieldDescription("hit", .boolean, required: true, "whether an answer was found"), .duration(), .user, .session,
            ]),
        describe("assessment.created", .atomic, "an assessment was created", ["A32"], [assessment, .user]),
        describe(
            "assessment.completed", .atomic, "an assessment was finished", ["A32"],
            [assessment, .duration("from begin to end"), .user]),
    ]

    static let atomicHealthSignals: [SignalDescription] = [
        describe(
            "health.check", .atomic, "the health of a service was checked", ["A12", "A33", "A34", "A35", "C32", "D11"],
            [
                FieldDescription(
                    "service", .text, required: true, "database, kv, storage, ai, vector_search, queues; bot, facebook, gemini"),
                FieldDescription(
                    "status", .text, required: true, allowed: ["healthy", "unhealthy"],
                    "the status stated by the service, not whether it responded"),
                FieldDescription("latency_ms", .number, unit: .milliseconds, from: ["latency"]),
                FieldDescription("error", .text, privacy: .content),
                FieldDescription("version", .text, default: "unknown", "the deployed version"),
            ]),
        describe(
            "synthetic.check", .atomic, "a page was fetched from outside and checked", ["A13", "A37", "A38", "D11"],
            [
                FieldDescription("check", .text, required: true, from: ["name"]),
                FieldDescription(
                    "status", .text, required: true, allowed: ["pass", "fail"],
                    "pass: the HTTP status is the expected one, in time"),
                FieldDescription("http_status", .integer, from: ["details.status"]),
                FieldDescription("expected_status", .integer, default: "200", from: ["expectedStatus"]),
                .duration(from: ["duration", "details.latency", "details.duration"]),
                FieldDescription("timeout_ms", .number, unit: .milliseconds, default: "5000", from: ["timeout"]),
                FieldDescription("error", .text, privacy: .content, from: ["details.error"]),
            ]),
        describe(
            "queue.depth", .atomic, "the number of waiting messages", ["A58"],
            [
                FieldDescription("queue", .text, required: true),
                FieldDescription("depth", .integer, unit: .count, required: true, from: ["backlog"]),
            ]),
    ]

    private static let video = FieldDescription("video_id", .text, privacy: .pseudonymous, from: ["videoId"])
    private static let assessment = FieldDescription("assessment_id", .text, privacy: .pseudonymous, from: ["assessmentId"])
}
