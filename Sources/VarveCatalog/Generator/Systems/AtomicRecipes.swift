// Atomic Guide: a site for courses, used from learning platforms.

extension TrafficRecipe {
    private static let paths = [
        "/", "/lti/launch", "/api/chat", "/courses/1", "/courses/2", "/api/faq", "/lti/config", "/api/metrics/rum", "/video",
        "/health",
    ]
    private static let platforms = ["canvas", "moodle", "blackboard", "brightspace"]
    private static let countries = ["DE", "US", "GB", "FR", "IN", "unknown"]
    private static let colos = ["FRA", "IAD", "LHR", "CDG", "BOM"]
    private static let agents = ["Mozilla/5.0 (X11)", "Mozilla/5.0 (Macintosh)", "Mozilla/5.0 (iPhone)"]
    private static let queries = [
        "SELECT * FROM conversations WHERE facebook_id = ? ORDER BY timestamp DESC", "SELECT 1",
        "INSERT INTO grades VALUES (?, ?)",
        "UPDATE users SET last_interaction = ? WHERE id = ?", "DELETE FROM sessions WHERE expires < ?",
        "PRAGMA table_info(users)",
    ]
    private static let kinds = ["SELECT", "SELECT", "INSERT", "UPDATE", "DELETE", "OTHER"]
    private static let words = ["x is undefined", "Failed to fetch", "quota exceeded", "unexpected token"]
    private static let services = ["database", "kv", "storage", "ai", "vector_search", "queues"]

    static let atomicRequests: [TrafficRecipe] = [
        TrafficRecipe(420) { maker in
            let status: Int64 =
                maker.chance(maker.isFailing ? 300 : 8) ? 503 : maker.chance(40) ? 404 : maker.chance(60) ? 302 : 200
            maker.emit(
                "http.request", user: maker.chance(600) ? maker.user(of: 2_000) : nil,
                [
                    "method": .text(maker.chance(250) ? "POST" : "GET"), "path": .text(maker.pick(paths)),
                    "status": .integer(status),
                    "duration_ms": maker.duration(45), "bytes": .integer(200 + maker.below(40_000)),
                    "country": .text(maker.pick(countries)), "colo": .text(maker.pick(colos)),
                    "user_agent": .text(maker.pick(agents)), "cpu_ms": .tenths(5 + maker.below(200)),
                    "memory_mb": .tenths(200 + maker.below(maker.isFailing ? 1_100 : 600)),
                ])
        },
        TrafficRecipe(240) { maker in
            let query = Int(maker.below(UInt64(queries.count)))
            let fails = maker.chance(maker.isFailing ? 120 : 4)
            maker.emit(
                "db.query",
                [
                    "query": .text(queries[query]), "type": .text(kinds[query]),
                    "duration_ms": maker.duration(query == 0 ? 180 : 20),
                    "success": .flag(!fails), "error": fails ? .text(maker.pick(["connection", "timeout", "other"])) : nil,
                    "rows": fails ? nil : .integer(maker.below(500)),
                ])
        },
        TrafficRecipe(6) { maker in
            maker.emit(
                "db.sample",
                [
                    "total_rows": .integer(1_000_000 + Int64(maker.next("rows")) * 37),
                    "storage_mb": .tenths(5_120 + maker.below(100)),
                    "connections": .integer(2 + maker.below(maker.isFailing ? 90 : 18)),
                ])
        },
        TrafficRecipe(40) { maker in
            let user = maker.user(of: 2_000)
            maker.emit(
                "lti.launch", session: maker.session(of: user), user: user,
                [
                    "platform_id": .text(maker.pick(platforms)), "success": .flag(!maker.chance(maker.isFailing ? 250 : 15)),
                    "duration_ms": maker.duration(310), "context_type": .text(maker.chance(900) ? "Course" : "Group"),
                    "user_role": .text(maker.pick(["Learner", "Instructor", "unknown"])),
                ])
        },
        TrafficRecipe(6) { maker in
            maker.emit("lti.deep_link.created", user: maker.user(of: 100), ["platform_id": .text(maker.pick(platforms))])
        },
        TrafficRecipe(12) { maker in
            maker.emit(
                "lti.deep_link.used", user: maker.user(of: 2_000),
                ["platform_id": .text(maker.pick(platforms)), "success": .flag(!maker.chance(30))])
        },
        TrafficRecipe(8) { maker in
            maker.emit(
                "lti.names_and_roles",
                [
                    "platform_id": .text(maker.pick(platforms)), "success": .flag(!maker.chance(20)),
                    "duration_ms": maker.duration(400),
                ])
        },
        TrafficRecipe(14) { maker in
            let fails = maker.chance(25)
            maker.emit(
                "lti.grade",
                [
                    "platform_id": .text(maker.pick(platforms)), "success": .flag(!fails), "duration_ms": maker.duration(120),
                    "error": fails ? "HTTP 422" : nil,
                ])
        },
    ]

    static let atomicPages: [TrafficRecipe] = [
        TrafficRecipe(70) { maker in
            let vitals: [(String, TrafficValue)] = [
                ("LCP", maker.duration(1_800)), ("INP", maker.duration(120)), ("CLS", .thousandths(maker.below(320))),
                ("FCP", maker.duration(1_100)), ("TTFB", maker.duration(500)), ("FID", maker.duration(40)),
            ]
            let vital = vitals[Int(maker.below(6))]
            let user = maker.user(of: 2_000)
            maker.emit(
                "rum.vital", session: maker.session(of: user), user: user,
                [
                    "name": .text(vital.0), "value": vital.1, "metric_id": .text("v3-\(maker.next("vital"))"),
                    "url": .text(maker.pick(paths)), "user_agent": .text(maker.pick(agents)),
                    "connection": .text(maker.pick(["4g", "3g", "slow-2g"])),
                ])
        },
        TrafficRecipe(20) { maker in
            maker.emit(
                "rum.page_load",
                [
                    "dns_ms": maker.duration(8), "tcp_ms": maker.duration(25), "ssl_ms": maker.duration(15),
                    "ttfb_ms": maker.duration(200), "download_ms": maker.duration(40), "dom_ms": maker.duration(12),
                    "load_ms": maker.duration(5), "url": .text(maker.pick(paths)),
                ])
        },
        TrafficRecipe(30) { maker in
            maker.emit(
                "rum.resource",
                [
                    "name": .text("/static/\(maker.below(40)).js"),
                    "initiator": .text(maker.pick(["script", "img", "css", "fetch"])),
                    "duration_ms": maker.duration(60), "bytes": .integer(maker.below(300_000)),
                ])
        },
        TrafficRecipe(10) { maker in
            maker.emit("rum.long_task", ["duration_ms": maker.duration(90), "url": .text(maker.pick(paths))])
        },
        TrafficRecipe(8) { maker in
            maker.emit(
                "js.error",
                [
                    "message": .text(maker.pick(words)), "filename": "app.js", "lineno": .integer(1 + maker.below(900)),
                    "colno": .integer(1 + maker.below(80)), "stack": "Error", "url": .text(maker.pick(paths)),
                ])
        },
        TrafficRecipe(4) { maker in
            maker.emit("js.unhandled_rejection", ["message": .text(maker.pick(words)), "url": .text(maker.pick(paths))])
        },
        TrafficRecipe(30) { maker in
            let fails = maker.chance(maker.isFailing ? 400 : 50)
            maker.emit(
                "log.entry", user: maker.chance(500) ? maker.user(of: 2_000) : nil,
                [
                    "level": .text(fails ? "error" : maker.pick(["info", "warn"])), "message": .text(maker.pick(words)),
                    "request_id": .text("r-\(maker.next("request"))"), "feature": .text(maker.pick(["chat", "video", "faq"])),
                    "path": .text(maker.pick(paths)),
                ])
        },
    ]

    static let atomicFeatures: [TrafficRecipe] = [
        TrafficRecipe(4) { maker in
            let video = "v-\(maker.next("video"))"
            maker.emit(
                "video.uploaded", user: maker.user(of: 100), ["video_id": .text(video), "bytes": .integer(maker.below(1 << 30))])
            maker.emit(
                "video.transcribed", after: 60_000 + maker.below(600_000),
                ["video_id": .text(video), "success": .flag(!maker.chance(40)), "duration_ms": maker.duration(90_000)])
        },
        TrafficRecipe(20) { maker in
            let user = maker.user(of: 2_000)
            maker.emit(
                "faq.query", session: maker.session(of: user), user: user,
                ["hit": .flag(maker.chance(720)), "duration_ms": maker.duration(140)])
        },
        TrafficRecipe(5) { maker in
            let assessment = "as-\(maker.next("assessment"))"
            maker.emit("assessment.created", user: maker.user(of: 100), ["assessment_id": .text(assessment)])
            maker.emit(
                "assessment.completed", after: 300_000 + maker.below(3_000_000), user: maker.user(of: 2_000),
                ["assessment_id": .text(assessment), "duration_ms": maker.duration(900_000)])
        },
        TrafficRecipe(12) { maker in
            let service = maker.pick(services)
            let fails = maker.chance(maker.isFailing ? 450 : 5)
            maker.emit(
                "health.check",
                [
                    "service": .text(service), "status": .text(fails ? "unhealthy" : "healthy"),
                    "latency_ms": fails ? nil : maker.duration(12), "error": fails ? "no answer" : nil, "version": "1.4.2",
                ])
        },
        TrafficRecipe(6) { maker in
            let fails = maker.chance(maker.isFailing ? 450 : 5)
            maker.emit(
                "synthetic.check",
                [
                    "check": .text(maker.pick(["LTI Config Endpoint", "Health Check", "Home Page"])),
                    "status": .text(fails ? "fail" : "pass"), "http_status": .integer(fails ? 503 : 200), "expected_status": 200,
                    "duration_ms": maker.duration(180), "timeout_ms": 5_000,
                ])
        },
        TrafficRecipe(8) { maker in
            maker.emit(
                "queue.depth",
                [
                    "queue": .text(maker.pick(["analytics", "logs"])),
                    "depth": .integer(maker.below(maker.isFailing ? 2_400 : 300)),
                ])
        },
    ]
}
