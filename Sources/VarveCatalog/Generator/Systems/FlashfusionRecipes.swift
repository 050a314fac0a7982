// FlashFusion: creators, print channels, integrations, and things with a status: debt, incidents, gaps.

extension TrafficRecipe {
    private static let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]
    private static let channels = ["Printful", "Printify", "Teespring"]
    private static let integrations = ["Stripe Payment Gateway", "Mail", "Etsy", "Shopify"]
    private static let severities = ["medium", "high", "low", "critical"]
    private static let titles = ["orders stuck", "payments refused", "slow search", "images missing"]
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    static let flashfusion: [TrafficRecipe] = [
        TrafficRecipe(500) { maker in
            let user = maker.user(of: 300)
            let isBatch = maker.chance(350)
            maker.emit(
                "creator.action", session: maker.session(of: user), user: user,
                [
                    "action": .text(isBatch ? "batch_upload" : maker.pick(["product_create", "product_edit", "login"])),
                    "items": isBatch ? .integer(2 + maker.below(60)) : nil, "timezone": .text(maker.pick(zones)),
                ])
        },
        TrafficRecipe(80) { maker in
            let channel = maker.pick(channels)
            let total = Int64(maker.next("orders " + channel)) * 10
            let failed = total * (20 + maker.below(30)) / 1_000
            maker.emit(
                "pod.result",
                [
                    "channel": .text(channel), "total_orders": .integer(total), "successful_orders": .integer(total - failed),
                    "failed_orders": .integer(failed), "success_rate": .thousandths((total - failed) * 1_000 / total),
                    "processing_s": .tenths(300 + maker.below(400)),
                ])
        },
        TrafficRecipe(150) { maker in
            let failing = maker.chance(maker.isFailing ? 600 : 20)
            maker.emit(
                "integration.health",
                [
                    "channel_name": .text(maker.pick(integrations)),
                    "status": .text(failing ? maker.pick(["degraded", "failed"]) : "healthy"),
                    "uptime": .thousandths(1_000 - maker.below(failing ? 80 : 4)), "failure_count": .integer(maker.below(6)),
                    "response_time_ms": maker.duration(150), "error_rate": .thousandths(maker.below(failing ? 90 : 9)),
                ])
        },
        TrafficRecipe(10, addDebt), TrafficRecipe(12, openIncident), TrafficRecipe(10, addGap),
        TrafficRecipe(90) { maker in
            let resources: [(String, String, Int64)] = [
                ("RLS", "ms", 100), ("JWT", "ms", 50), ("Database", "connections", 100), ("API", "ms", 1_000),
                ("Cache", "ms", 20),
            ]
            let resource = resources[Int(maker.below(5))]
            let value = maker.below(UInt64(resource.2) * (maker.isFailing ? 14 : 11) / 10)
            let status = value * 10 > resource.2 * 10 ? "critical" : value * 10 > resource.2 * 8 ? "warning" : "normal"
            maker.emit(
                "scalability.sample",
                [
                    "resource": .text(resource.0), "value": .integer(value), "threshold": .integer(resource.2),
                    "unit": .text(resource.1), "status": .text(status),
                ])
        },
        TrafficRecipe(4) { maker in
            maker.emit(
                "config.changed", user: maker.user(of: 5),
                ["key": "alertConfig.thresholds.podSuccessRate", "value": .text("\(90 + maker.below(10))")])
        },
    ]

    private static let addDebt: @Sendable (inout TrafficMaker) -> Void = { maker in
        let debt = TrafficValue.text("td-\(maker.next("debt"))")
        maker.emit(
            "tech_debt.added",
            [
                "debt_id": debt, "title": "Rotate keys", "severity": .text(maker.pick(severities)),
                "category": .text(maker.pick(["security", "performance", "maintainability", "scalability"])),
                "effort_h": .integer(1 + maker.below(40)), "status": "identified",
            ])
        let begin = hour + maker.below(UInt64(day))
        maker.emit("tech_debt.updated", after: begin, ["debt_id": debt, "status": "in-progress"])
        if maker.chance(700) {
            maker.emit(
                "tech_debt.updated", after: begin + maker.below(UInt64(4 * day)), ["debt_id": debt, "status": "resolved"])
        }
    }

    private static let openIncident: @Sendable (inout TrafficMaker) -> Void = { maker in
        let incident = TrafficValue.text("inc-\(maker.next("incident"))")
        maker.emit(
            "incident.opened",
            [
                "incident_id": incident, "title": .text(maker.pick(titles)), "severity": .text(maker.pick(severities)),
                "status": "open", "affected_systems": .json("[\"orders\",\"mail\"]"),
            ])
        let answer = minute + maker.below(UInt64(20 * minute))
        maker.emit("incident.updated", after: answer, ["incident_id": incident, "status": "investigating"])
        guard maker.chance(900) else { return }
        let end = answer + 10 * minute + maker.below(UInt64(6 * hour))
        maker.emit(
            "incident.updated", after: end,
            ["incident_id": incident, "status": "resolved", "root_cause": "full disk", "resolution": "more disk"])
        if maker.chance(500) {
            maker.emit("incident.updated", after: end + hour, ["incident_id": incident, "status": "closed"])
        }
    }

    private static let addGap: @Sendable (inout TrafficMaker) -> Void = { maker in
        let gap = TrafficValue.text("gap-\(maker.next("gap"))")
        maker.emit(
            "documentation_gap.added",
            [
                "gap_id": gap,
                "area": .text(maker.pick(["api", "db_access", "real_time_metrics", "live_system_state", "mcp", "other"])),
                "title": "what p95 means", "priority": .text(maker.pick(["medium", "high", "low"])), "status": "identified",
            ])
        let begin = hour + maker.below(UInt64(day))
        maker.emit("documentation_gap.updated", after: begin, ["gap_id": gap, "status": "in-progress", "assignee": "ann"])
        if maker.chance(600) {
            maker.emit(
                "documentation_gap.updated", after: begin + maker.below(UInt64(2 * day)), ["gap_id": gap, "status": "completed"])
        }
    }
}
