internal import VarveAnalysis
internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections

/// Metrics that left their expected range in the bad direction at about the same time.
struct FoundIncident {
    /// One metric's part in it.
    struct Part {
        var metric: HealthMetric
        /// The value of the metric's dimension; nil for all of them.
        var label: String?
        var span: DeviationSpan
    }

    var start: Timestamp
    /// Exclusive.
    var end: Timestamp
    /// The most certain first.
    var parts: [Part]

    var score: Double { parts.reduce(0) { $0 + $1.span.score } }

    private static let hour: Int64 = 3_600_000_000_000
    /// Deviations that begin within this after the end of others belong to the same incident.
    private static let gap: Int64 = 3_600_000_000_000
    /// A deviation that changes a metric by less than this share of its expectation is no incident.
    private static let least = 0.25

    /// All incidents in the metrics, in order of time.
    static func find(_ metrics: [HealthMetric]) -> [FoundIncident] {
        var parts: [Part] = []
        for metric in metrics {
            let series = [(nil as String?, metric.whole)] + metric.parts.map { ($0.name, $0.points) }
            for (label, points) in series {
                for span in DeviationSpan.find(points, sensitivity: .low) where isBad(span, metric) {
                    parts.append(Part(metric: metric, label: label, span: span))
                }
            }
        }
        parts.sort { ($0.span.start, $0.metric.name, $0.label ?? "") < ($1.span.start, $1.metric.name, $1.label ?? "") }
        var found: [FoundIncident] = []
        for part in parts {
            let end = part.span.end.moved(hour)
            if let last = found.indices.last, part.span.start <= found[last].end.moved(gap) {
                found[last].end = max(found[last].end, end)
                found[last].parts.append(part)
            } else {
                found.append(FoundIncident(start: part.span.start, end: end, parts: [part]))
            }
        }
        for index in found.indices {
            found[index].parts.sort {
                ($1.span.score, $0.metric.name, $0.label ?? "") < ($0.span.score, $1.metric.name, $1.label ?? "")
            }
        }
        return found
    }

    private static func isBad(_ span: DeviationSpan, _ metric: HealthMetric) -> Bool {
        switch metric.polarity {
        case .lowerIsBetter: guard span.isRise else { return false }
        case .higherIsBetter: guard !span.isRise else { return false }
        case .neutral: return false
        }
        // A value that is still healthy is no incident.
        if metric.bounds.state(of: span.value) == .healthy { return false }
        return abs(span.value - span.expected) >= least * abs(span.expected)
    }

    /// The labels of one dimension, most certain first.
    func labels(of dimension: String) -> [String] {
        var names: [String] = []
        for part in parts where part.metric.dimension == dimension {
            if let label = part.label, !names.contains(label) { names.append(label) }
        }
        return names
    }

    /// The part to tell first: of a named value if there is one.
    var main: Part { parts.first { $0.label != nil } ?? parts[0] }

    var sentence: String {
        let main = main
        let who = main.label.map { " of \($0)" } ?? ""
        let verb = main.span.isRise ? "rose" : "fell"
        return "From \(Plain.moment(start)) to \(Plain.moment(end)) UTC \(main.metric.name)\(who) \(verb) to "
            + "\(main.metric.text(main.span.value)), where \(main.metric.text(main.span.expected)) was expected"
    }
}
