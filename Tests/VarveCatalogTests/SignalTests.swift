import Testing
import VarveCatalog
import VarveEvents

struct SignalTests {
    @Test func `a name stands for one signal, and is dotted and in lower case`() {
        let names = Catalog.signals.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.contains("."), "\(name)")
            #expect(name.allSatisfy { ("a"..."z").contains($0) || $0 == "." || $0 == "_" }, "\(name)")
        }
    }

    @Test(arguments: [
        // The five resilience families (B2–B6).
        "optimistic_action.start", "optimistic_action.success", "optimistic_action.rollback", "retry.attempt", "retry.success",
        "retry.failure", "error_boundary.triggered", "error_boundary.recovered", "loading_skeleton.shown",
        "loading_skeleton.hidden",
        "debounced_click.suppressed",
        // A3–A14 and A20–A32.
        "http.request", "db.query", "db.sample", "lti.launch", "lti.deep_link.created", "lti.deep_link.used",
        "lti.names_and_roles",
        "lti.grade", "chat.message", "video.uploaded", "video.transcribed", "faq.query", "assessment.created",
        "assessment.completed",
        "rum.vital", "rum.page_load", "rum.resource", "rum.long_task", "js.error", "js.unhandled_rejection", "log.entry",
        "health.check", "synthetic.check", "queue.depth",
        // F1–F10, C9, C17, C18, M16–M20.
        "creator.action", "pod.result", "integration.health", "tech_debt.added", "incident.opened", "scalability.sample",
        "documentation_gap.added", "config.changed", "bot.heartbeat", "connection.opened", "connection.closed", "system.cpu",
        "system.memory", "system.disk", "system.network", "metric.sample", "threshold.changed", "alert.triggered",
        "alert.resolved",
    ])
    func `a signal that the requirements name is described`(name: String) throws {
        let signal = try #require(Catalog.signal(name))
        #expect(!signal.meaning.isEmpty && !signal.requirements.isEmpty)
        #expect(CatalogSystem(rawValue: signal.system) != nil)
    }

    @Test(arguments: Catalog.signals)
    func `the fields of a signal agree with themselves`(signal: SignalDescription) {
        let names = signal.fields.map(\.name)
        #expect(Set(names).count == names.count, "\(signal.name) describes a field twice")
        for field in signal.fields {
            if !field.allowed.isEmpty { #expect(field.type == .text, "\(signal.name).\(field.name)") }
            if let text = field.defaultText {
                #expect(!field.isRequired, "\(signal.name).\(field.name) is required and has a default")
                if !field.allowed.isEmpty { #expect(field.allowed.contains(text), "\(signal.name).\(field.name)") }
            }
            if field.unit != nil { #expect(field.type == .integer || field.type == .number, "\(signal.name).\(field.name)") }
            if field.envelopeKey != nil { #expect(field.type == .text) }
            if field.name.hasSuffix("_ms") { #expect(field.unit == .milliseconds, "\(signal.name).\(field.name)") }
            if field.name.hasSuffix("_s") { #expect(field.unit == .seconds, "\(signal.name).\(field.name)") }
        }
        for name in signal.dedupKey where name != "id" {
            #expect(signal.field(name) != nil, "\(signal.name) is told apart by \(name)")
        }
        for id in signal.requirements { #expect(RequirementIDs.set.contains(id), "\(signal.name): \(id)") }
    }

    @Test(arguments: ["user", "session"])
    func `who someone is, is never called operational`(name: String) {
        for signal in Catalog.signals {
            if let field = signal.field(name) { #expect(field.privacy >= .pseudonymous, "\(signal.name)") }
        }
    }

    @Test(arguments: [
        ("chat.message", "message_text"), ("chat.message", "user_name"), ("http.request", "country"),
        ("http.request", "user_agent"),
        ("js.error", "stack"), ("db.query", "query"), ("rum.vital", "url"),
    ])
    func `what D13 names is personal or content`(signal: String, field: String) throws {
        #expect(try #require(Catalog.signal(signal)?.field(field)).privacy >= .personal)
    }

    @Test func `a percentage becomes a fraction (D3)`() throws {
        let field = try #require(Catalog.signal("pod.result")?.field("success_rate"))
        #expect(field.unit == .fraction)
        #expect(field.sources == [FieldSource("successRate", times: 0.01)])
    }

    @Test func `things with a life are kept longer (D2)`() {
        #expect(Catalog.signal("incident.opened")?.retention == .afterCreation)
        #expect(Catalog.signal("tech_debt.added")?.retention == .afterResolution)
        #expect(Catalog.signal("config.changed")?.retention == .latest)
        #expect(Catalog.signal("http.request")?.retention == .standard)
    }
}
