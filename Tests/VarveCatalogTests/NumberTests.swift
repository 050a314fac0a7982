import Testing
import VarveCatalog
import VarveEvents

struct NumberTests {
    /// Section 1N of the requirements, in its order; percentages as fractions.
    static let section: [(String, [(String, Double)])] = [
        (
            "intervals",
            [
                ("update_interval", 60_000), ("update_interval_strict", 30_000), ("push_interval", 30), ("view_refresh", 3_600),
                ("platform_cache", 300),
            ]
        ),
        ("retention", [("retention", 30), ("incident_retention", 30), ("debt_retention", 30), ("daily_default", 7)]),
        (
            "FlashFusion",
            [
                ("pod_success", 0.95), ("pod_success_strict", 0.98), ("integration_uptime", 0.99),
                ("integration_uptime_strict", 0.995),
                ("integration_response", 1_000), ("integration_response_strict", 500), ("integration_errors", 0.01),
                ("integration_errors_strict", 0.005),
            ]
        ),
        (
            "alerts",
            [
                ("high_error_rate", 0.05), ("high_error_rate_for", 300), ("high_response_time", 2_000),
                ("high_response_time_for", 300),
                ("database_connection_errors", 10), ("database_connection_errors_for", 120), ("queue_backlog", 1_000),
                ("queue_backlog_for", 300),
            ]
        ),
        (
            "resilience",
            [
                ("rollback_healthy", 0.05), ("rollback_alert", 0.10), ("retry_healthy", 0.80), ("retry_alert", 0.60),
                ("recovery_healthy", 0.95), ("recovery_alert", 0.90), ("suppression", 1), ("slow_action", 2_000),
                ("slow_share", 0.05),
                ("optimistic_ui", 100), ("rollback_recovery", 200), ("error_boundary", 500), ("loading_skeleton", 1_000),
                ("overall_resilience", 0.99), ("debounce", 500),
            ]
        ),
        (
            "Atomic",
            [
                ("slow_query", 1_000), ("query_text", 100), ("hot_path_memory", 100), ("synthetic_timeout", 5_000),
                ("synthetic_status", 200),
                ("store_probe_life", 60), ("reconnect_attempts", 5), ("reconnect_base", 1_000), ("endpoint_errors", 0.05),
            ]
        ),
        (
            "chatbot",
            [
                ("health_answer", 100), ("hourly_buckets", 168), ("response_times", 1_000), ("feed_length", 50),
                ("active_window", 1_800),
                ("hourly_default", 24), ("anomaly", 2), ("load", 1_000.0 / 60), ("dashboard", 2_000), ("live_update", 500),
                ("overhead", 0.05), ("bot_memory", 100), ("admin_memory", 50), ("usability", 8), ("debugging_time", 0.5),
            ]
        ),
        (
            "monitoring",
            [
                ("collection", 1_000), ("alert_delivery", 30_000), ("detection", 300_000), ("resolution", 900),
                ("false_positives", 0.01),
            ]
        ),
        (
            "vitals",
            [
                ("lcp_good", 2_500), ("lcp_poor", 4_000), ("inp_good", 200), ("inp_poor", 500), ("fcp_good", 1_800),
                ("fcp_poor", 3_000),
                ("ttfb_good", 800), ("ttfb_poor", 1_800), ("cls_good", 0.1), ("cls_poor", 0.25), ("fid_good", 100),
                ("fid_poor", 300),
            ]
        ),
    ]

    @Test func `every number of section 1N is defined, once, and there is no other`() {
        let defined = Dictionary(grouping: Numbers.all, by: \.name)
        var names: Set<String> = []
        for (name, value) in Self.section.flatMap(\.1) {
            names.insert(name)
            #expect(defined[name]?.count == 1, "\(name)")
            #expect(defined[name]?.first?.value == value, "\(name) is \(String(describing: defined[name]?.first?.value))")
        }
        #expect(names == Set(defined.keys), "\(Set(defined.keys).symmetricDifference(names))")
    }

    @Test func `a number names the requirement that fixes it`() {
        for number in Numbers.all {
            #expect(!number.requirements.isEmpty, "\(number.name)")
            for id in number.requirements { #expect(RequirementIDs.set.contains(id), "\(number.name): \(id)") }
        }
    }

    @Test func `every bound of a view is one of them`() {
        let numbers = Set(Numbers.all)
        for view in Catalog.views {
            for bounds in view.bounds.values {
                for bound in [bounds.healthy, bounds.alert].compactMap(\.self) {
                    #expect(numbers.contains(bound.number), "\(view.name)")
                }
            }
        }
    }

    @Test func `a share is a fraction, whatever the document writes`() {
        for number in Numbers.all where number.unit == .fraction { #expect((0...1).contains(number.value), "\(number.name)") }
    }

    @Test func `what the documents leave undefined has one definition (D12)`() {
        let names = Terms.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in ["uptime", "active launches", "user retention", "session", "overall resilience", "false-positive rate"] {
            #expect(names.contains(name))
        }
        for id in Terms.all.flatMap(\.requirements) { #expect(RequirementIDs.set.contains(id), "\(id)") }
    }
}
