import VarveEvents

// Signals of Atomic Guide's workers: requests, queries, and launches and services of learning tools (A3–A5, A18–A28).

extension Catalog {
    static let atomicRequestSignals: [SignalDescription] = [
        describe(
            "http.request", .atomic, "a request was answered; access logs become this too", ["A3", "A15", "M20"],
            sources: ["request_metric"],
            [
                FieldDescription("method", .text, "a request that was never completed has none"),
                FieldDescription("path", .text, privacy: .personal),
                FieldDescription("status", .integer, required: true, "the HTTP status"), .duration(),
                FieldDescription("bytes", .integer, unit: .bytes, "of the response body"),
                FieldDescription("country", .text, default: "unknown", privacy: .personal),
                FieldDescription("colo", .text, default: "unknown", privacy: .personal, "the data centre that answered"),
                FieldDescription("user_agent", .text, privacy: .personal, from: ["userAgent"]),
                FieldDescription("referer", .text, privacy: .personal),
                FieldDescription("cpu_ms", .number, unit: .milliseconds, "CPU time used", from: ["cpuTime"]),
                FieldDescription("memory_mb", .number, unit: .megabytes, "memory used", from: ["memoryUsage"]),
                FieldDescription("client", .text, privacy: .personal, "the address, in access logs"),
                FieldDescription("query", .text, privacy: .personal, "the query string, in access logs"),
                FieldDescription("protocol", .text),
                FieldDescription("request", .text, privacy: .personal, "a malformed request line"),
                .session, .user,
            ]),
        describe(
            "db.query", .atomic, "a database query ended", ["A4", "A20", "A21", "A23"], sources: ["database_metric"],
            [
                FieldDescription("query", .text, required: true, privacy: .content, "the first 100 characters of its text"),
                .duration(required: true), .success(),
                FieldDescription(
                    "type", .text, allowed: ["SELECT", "INSERT", "UPDATE", "DELETE", "OTHER"], default: "OTHER",
                    "by the first word of the text"),
                FieldDescription("error", .text, allowed: ["connection", "timeout", "other"], "why it failed"),
                FieldDescription("rows", .integer, unit: .count),
            ]),
        describe(
            "db.sample", .atomic, "the size of the database, and its connections", ["A22", "C17"],
            [
                FieldDescription("total_rows", .integer, unit: .count, from: ["totalRows"]),
                FieldDescription("storage_mb", .number, unit: .megabytes, from: ["storageUsed"]),
                FieldDescription("connections", .integer, unit: .count, from: ["database_connections"]),
            ]),
        describe(
            "lti.launch", .atomic, "a learning tool was opened from a platform", ["A5", "A24", "A25"], sources: ["lti_launch"],
            [
                FieldDescription("platform_id", .text, required: true, from: ["platformId"]), .success(), .duration(),
                FieldDescription("context_type", .text, from: ["contextType"]),
                FieldDescription(
                    "user_role", .text, default: "unknown", "the first of the user's roles",
                    from: ["userRole", "userRoles", "roles"]),
                .user,
            ]),
        describe("lti.deep_link.created", .atomic, "a deep link was created", ["A26"], [platform, .user]),
        describe("lti.deep_link.used", .atomic, "a deep link was followed", ["A26"], [platform, .success(), .user]),
        describe(
            "lti.names_and_roles", .atomic, "names and roles were requested from a platform", ["A27"], sources: ["nrps_request"],
            [platform, .success(), .duration(from: ["duration", "nrpsLatency"])]),
        describe(
            "lti.grade", .atomic, "a grade was sent to a platform", ["A28"], sources: ["grade_posted"],
            [platform, .success(), .duration(), FieldDescription("error", .text, privacy: .content)]),
    ]

    private static let platform = FieldDescription("platform_id", .text, from: ["platformId"])
}
