// The chatbot and its users; and machines with their alerts.

extension TrafficRecipe {
    static let chatbot: [TrafficRecipe] = [
        TrafficRecipe(700) { maker in
            let user = maker.user(of: 900)
            maker.emit(
                "chat.message", session: maker.session(of: user), user: user,
                [
                    "message_id": .text("m-\(maker.next("message"))"), "length": .integer(3 + maker.below(240)),
                    "response_time_ms": maker.chance(20) ? nil : maker.duration(450),
                ])
        },
        TrafficRecipe(60) { maker in
            maker.emit(
                "bot.heartbeat",
                [
                    "uptime_s": .integer(Int64(maker.next("heartbeat")) * 60), "memory_mb": .tenths(700 + maker.below(300)),
                    "cpu": .thousandths(maker.below(maker.isFailing ? 980 : 400)),
                    "connections": .integer(maker.below(120)), "database_connections": .integer(1 + maker.below(9)),
                ])
        },
        TrafficRecipe(60) { maker in
            let user = maker.user(of: 900)
            let session = maker.session(of: user)
            maker.emit("connection.opened", session: session, user: user, [:])
            let open = 1_000 + maker.below(1_800_000)
            maker.emit(
                "connection.closed", after: open, session: session, user: user,
                ["duration_ms": .integer(open), "reason": .text(maker.chance(100) ? "timeout" : "left")])
        },
        TrafficRecipe(20) { maker in
            let fails = maker.chance(maker.isFailing ? 500 : 10)
            maker.emit(
                "health.check",
                [
                    "service": .text(maker.pick(["bot", "database", "facebook", "gemini"])),
                    "status": .text(fails ? "unhealthy" : "healthy"), "latency_ms": fails ? nil : maker.duration(30),
                ])
        },
    ]

    private static let hosts = ["web-1", "web-2", "db-1"]
    private static let rules = ["high_error_rate", "high_response_time", "database_connection_errors", "queue_backlog"]

    static let monitoring: [TrafficRecipe] = [
        TrafficRecipe(250) { maker in
            maker.emit(
                "system.cpu", component: maker.pick(hosts),
                ["used": .thousandths(maker.below(maker.isFailing ? 1_000 : 600)), "load": .tenths(maker.below(80))])
        },
        TrafficRecipe(200) { maker in
            let used = 300 + maker.below(500)
            maker.emit(
                "system.memory", component: maker.pick(hosts),
                [
                    "used": .thousandths(used), "used_bytes": .integer(used * 8_000_000), "total_bytes": .integer(8_000_000_000),
                ])
        },
        TrafficRecipe(120) { maker in
            let used = 400 + maker.below(300)
            maker.emit(
                "system.disk", component: maker.pick(hosts),
                [
                    "device": .text(maker.pick(["sda", "sdb"])), "used": .thousandths(used),
                    "used_bytes": .integer(used * 100_000_000), "total_bytes": .integer(100_000_000_000),
                ])
        },
        TrafficRecipe(150) { maker in
            maker.emit(
                "system.network", component: maker.pick(hosts),
                [
                    "interface": "eth0", "received_bytes": .integer(maker.below(1 << 24)),
                    "sent_bytes": .integer(maker.below(1 << 25)),
                    "errors": maker.chance(300) ? .integer(maker.below(3)) : nil,
                ])
        },
        TrafficRecipe(200) { maker in
            maker.emit(
                "metric.sample",
                [
                    "metric_type": .text(maker.pick(["jobs", "response_time", "signups", "cache_hits"])),
                    "value": .tenths(maker.below(9_999)),
                    "source": .text(maker.pick(["cron", "app", "worker"])),
                ])
        },
        TrafficRecipe(3) { maker in
            let warning = 1 + maker.below(9)
            maker.emit(
                "threshold.changed",
                [
                    "metric_type": .text(maker.pick(["jobs", "response_time"])), "warning_threshold": .integer(warning),
                    "critical_threshold": .integer(warning * 2), "for_s": 60, "enabled": .flag(!maker.chance(200)),
                    "updated_by": "ann",
                ])
        },
        TrafficRecipe(12) { maker in
            let alert = TrafficValue.text("al-\(maker.next("alert"))")
            let rule = TrafficValue.text(maker.pick(rules))
            let severity = TrafficValue.text(maker.chance(400) ? "critical" : "warning")
            maker.emit("alert.triggered", ["alert_id": alert, "rule": rule, "severity": severity, "message": "limit passed"])
            guard maker.chance(950) else { return }
            let open = 30 + maker.below(3_000)
            maker.emit(
                "alert.resolved", after: open * 1_000,
                [
                    "alert_id": alert, "rule": rule, "severity": severity, "open_s": .integer(open),
                    "resolved_by": .text(maker.chance(700) ? "rule" : "ann"),
                ])
        },
    ]
}
