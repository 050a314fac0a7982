import ArgumentParser
import VarveCatalog
import VarveEvents

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Print synthetic traffic as NDJSON: the same seed gives the same bytes.",
        discussion: """
            The traffic has a daily pattern, busy and quiet components and sessions, and
            one incident of two hours in which PaymentButton and CheckoutForm roll back and
            slow down. --system selects another system's signals, or those of all five,
            with their own incident at the same time.

              varve generate --events 1000000 > events.ndjson
              varve generate --events 1000000 --system all > all.ndjson
              varve generate --events 1000000 --ids | varve ingest - --data data

            --shape generates other kinds of events instead, which show what speed
            depends on: many users, many paths, wide events, many series.
            """)

    @Option(help: "The number of events.") var events: Int
    @Option(help: "The number of days.") var days = 30
    @Option(help: "The seed; the same seed gives the same traffic.") var seed: UInt64 = 1
    @Option(help: "bookiji, atomic, flashfusion, chatbot, system (machines, metrics, alerts) or all.")
    var system = TrafficArgument.bookiji
    @Option(help: "Another kind of events: \(EventShape.allCases.map(\.rawValue).joined(separator: ", ")).")
    var shape: ShapeArgument?
    @Flag(help: "Give each event an id (UUIDv7).") var ids = false
    @Option(
        help: "The end of the last day (RFC 3339); by default the days begin on 2026-01-01.",
        transform: { try TimeArgument.parsed($0) })
    var end: TimeArgument?

    func validate() throws {
        guard (1...TrafficOptions.eventsMax).contains(events) else {
            throw ValidationError("--events must be 1 to \(TrafficOptions.eventsMax).")
        }
        guard (1...TrafficOptions.daysMax).contains(days) else {
            throw ValidationError("--days must be 1 to \(TrafficOptions.daysMax).")
        }
        guard shape == nil || system == .bookiji else {
            throw ValidationError("--shape and --system are two different kinds of events: give one of them.")
        }
        guard start >= 0 else { throw ValidationError("\(days) days before --end lie before 1970.") }
    }

    private var start: Int64 {
        guard let end else { return TrafficOptions.defaultStart }
        return end.timestamp.nanoseconds / 1_000_000 - Int64(days) * 86_400_000
    }

    func run() throws {
        let options = TrafficOptions(events: events, days: days, seed: seed, ids: ids, start: start)
        if let shape {
            var traffic = ShapedTraffic(shape.shape, options)
            while traffic.made < events { try Output.standard.write(traffic.nextLines()) }
            return
        }
        guard system == .bookiji else {
            var traffic = SystemTraffic(system.systems, options)
            while case let lines = traffic.nextLines(), !lines.isEmpty { try Output.standard.write(lines) }
            return
        }
        var traffic = TrafficGenerator(options)
        while traffic.made < events {
            try Output.standard.write(traffic.nextLines())
        }
    }
}

/// The name of a shape.
struct ShapeArgument: ExpressibleByArgument {
    let shape: EventShape

    init?(argument: String) {
        guard let shape = EventShape(rawValue: argument) else { return nil }
        self.shape = shape
    }

    static var allValueStrings: [String] { EventShape.allCases.map(\.rawValue) }
}

/// The systems whose traffic can be generated.
enum TrafficArgument: String, CaseIterable, ExpressibleByArgument {
    case bookiji, atomic, flashfusion, chatbot, system, all

    var systems: [CatalogSystem] {
        switch self {
        case .all: CatalogSystem.allCases
        case .system: [.monitoring]
        case .bookiji: [.bookiji]
        case .atomic: [.atomic]
        case .flashfusion: [.flashfusion]
        case .chatbot: [.chatbot]
        }
    }
}
