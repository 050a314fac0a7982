import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

struct ViewCatalogTests {
    @Test func `a name stands for one view, and is a word for the command line`() {
        let names = Catalog.views.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names { #expect(name.allSatisfy { ("a"..."z").contains($0) || $0 == "_" }, "\(name)") }
    }

    @Test func `the names that were fixed first stay, with their columns`() {
        let fixed = ["rollback_rate", "latency", "volume", "http_requests", "retry_success", "active_users"]
        #expect(Array(ViewDefinition.catalog.map(\.name).prefix(6)) == fixed)
        #expect(Array(ViewDefinition.catalog.prefix(6)) == ViewDefinition.builtIn)
    }

    @Test(arguments: Catalog.views)
    func `a view reads fields that its signals have`(view: CatalogView) {
        let filter = view.definition.signals
        let signals = (Catalog.signals + Catalog.protocolSignals).filter { filter.matches($0.name) }
        for name in filter.names { #expect(Catalog.signal(name) != nil, "\(view.name) reads \(name), which is not described") }
        #expect(!signals.isEmpty)
        let envelope = ["component", "session", "user", "signal"]
        let hour = Dimension.hourOfWeek().field
        let fields =
            view.definition.dimensions.map(\.field).filter { $0 != hour }.map(\.name)
            + view.definition.measures.compactMap(\.kind.field?.name)
        for field in fields where !envelope.contains(field) {
            #expect(signals.contains { $0.field(field) != nil }, "\(view.name) reads \(field), which none of its signals has")
        }
    }

    @Test(arguments: Catalog.views)
    func `columns have names of their own, and what is computed from them is there`(view: CatalogView) {
        let definition = view.definition
        let columns = definition.dimensions.map(\.name) + definition.columnNames
        #expect(Set(columns).count == columns.count, "\(view.name): \(columns)")
        let measures = Set(definition.measures.map(\.name))
        #expect(measures.count == definition.measures.count, "\(view.name)")
        let shown = Set(definition.measures.flatMap(\.columnNames))
        for column in definition.derived {
            let used: [String] =
                switch column.formula {
                case .ratio(let parts, let whole): parts + whole
                case .mean(let sum): [sum]
                case .ratePerSecond(let of): [of]
                }
            for name in used { #expect(shown.contains(name), "\(view.name).\(column.name) needs \(name)") }
        }
        for column in view.bounds.keys { #expect(definition.columnNames.contains(column), "\(view.name) bounds \(column)") }
        #expect(view.metrics.map(\.column) == definition.columnNames)
        for id in view.requirements { #expect(RequirementIDs.set.contains(id), "\(view.name): \(id)") }
    }

    @Test(arguments: [
        ("rollback_rate", "rollback_rate", "rollbacks / started", FieldUnit.fraction),
        ("retry_success", "retry_success", "successes / (successes + failures)", .fraction),
        ("user_latency", "p95_ms", "p95 of duration_ms (nearest rank)", .milliseconds),
        ("requests", "per_second", "requests / seconds of the bucket", .perSecond),
        ("database_queries", "slow", "count of events where duration_ms > 1000", .count),
        ("database_queries", "mean_ms", "mean of the values in duration_sum_ms", .milliseconds),
        ("messages", "messages_per_chat", "messages / chats", .count),
        ("pod_orders", "success_rate", "successful_orders / total_orders", .fraction),
        ("tech_debt_found", "effort_h", "sum of effort_h", .hours),
        ("alerts", "p95_s", "p95 of open_s (nearest rank)", .seconds),
    ])
    func `a metric's formula and unit follow from the definition`(view: String, column: String, formula: String, unit: FieldUnit)
        throws
    {
        let metric = try #require(Catalog.view(view)?.metrics.first { $0.column == column })
        #expect(metric.formula == formula)
        #expect(metric.unit == unit)
    }

    @Test(arguments: [
        ("rollback_rate", "rollback_rate", 0.0499, MetricState.healthy), ("rollback_rate", "rollback_rate", 0.05, .warning),
        ("rollback_rate", "rollback_rate", 0.10, .warning), ("rollback_rate", "rollback_rate", 0.1001, .alert),
        ("retry_success", "retry_success", 0.80, .healthy), ("retry_success", "retry_success", 0.7999, .warning),
        ("retry_success", "retry_success", 0.60, .warning), ("retry_success", "retry_success", 0.5999, .alert),
        ("error_recovery", "error_recovery", 0.951, .healthy), ("error_recovery", "error_recovery", 0.95, .warning),
        ("error_recovery", "error_recovery", 0.8999, .alert), ("user_latency", "slow_share", 0.05, .healthy),
        ("user_latency", "slow_share", 0.0501, .alert), ("requests", "error_rate", 0.051, .alert),
        ("queues", "depth", 1_000, .healthy),
        ("queues", "depth", 1_001, .alert), ("pod_orders", "success_rate", 0.95, .healthy),
        ("pod_orders", "success_rate", 0.9499, .alert),
        ("integrations", "p95_ms", 1_000, .healthy), ("integrations", "p95_ms", 1_000.1, .alert),
    ])
    func `a value on a bound is where the document puts it`(view: String, column: String, value: Double, state: MetricState)
        throws
    {
        let metric = try #require(Catalog.view(view)?.metrics.first { $0.column == column })
        #expect(metric.bounds.state(of: value) == state)
    }

    @Test func `bounds, meaning and unit are no part of a fingerprint`() {
        for view in Catalog.views {
            #expect(view.definition.fingerprint == ViewDefinition.catalog.first { $0.name == view.name }?.fingerprint)
        }
    }

    @Test func `a batch without their signals gives views no cells`() throws {
        var builder = BatchBuilder()
        builder.append(Event(time: Timestamp(nanoseconds: 0), signal: "unheard.of", component: "a", attributes: []))
        let views = ViewDefinition.catalog.filter { !$0.signals.names.isEmpty || !$0.signals.prefixes.isEmpty }
        #expect(views.count >= ViewDefinition.catalog.count - 3)
        #expect(!FoldPlan(views).matches("unheard.of"))
        var states = ViewStates(FoldPlan(views))
        states.fold(builder.finish())
        for view in views {
            #expect(try #require(states.state(of: view.name)).rows(ViewQuery(bucket: .day)).isEmpty, "\(view.name)")
        }
    }
}
