internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// An answer with its question and what is known of the view.
struct Answered: Sendable {
    let ask: Ask
    let answer: ViewAnswer
    let description: ViewDescription

    var rows: [ViewRow] { answer.rows }

    func unit(_ column: String) -> ChartUnit {
        guard let metric = description.metrics.first(where: { $0.column == column }) else {
            return Self.guess(column)
        }
        return ChartUnit(metric.unit)
    }

    /// Of a table whose columns nobody described, the name says it.
    private static func guess(_ column: String) -> ChartUnit {
        if column.hasSuffix("_ms") { return .milliseconds }
        if column.hasSuffix("_s") || column == "seconds" || column.hasPrefix("seconds_") { return .seconds }
        if column.hasSuffix("_rate") || column == "retention" || column == "uptime" { return .fraction }
        return .plain
    }

    func metric(_ column: String) -> MetricDescription? { description.metrics.first { $0.column == column } }

    /// The columns by which rows are split.
    var dimensions: [String] { answer.columns.filter(\.isDimension).map(\.name) }

    /// What names a row: `time=2026-11-28T14:00:00Z,component=PaymentButton`. Commas, equals signs and percent signs of values
    /// are percent-encoded.
    func key(_ row: ViewRow) -> String {
        var parts: [String] = []
        if let time = row.time { parts.append("time=" + answer.zone.text(time)) }
        let names = answer.bucket == nil ? Array(answer.columns.map(\.name).prefix(2)) : dimensions
        for name in names {
            let text = (row[name]?.text ?? "").reduce(into: "") { text, letter in
                switch letter {
                case ",": text += "%2C"
                case "=": text += "%3D"
                case "%": text += "%25"
                default: text.append(letter)
                }
            }
            parts.append("\(name)=\(text)")
        }
        return parts.joined(separator: ",")
    }

    /// What an element says of all numbers in it: which question they answer.
    var scope: Attributes {
        let by = ask.by.map { $0.isEmpty ? "none" : $0.joined(separator: ",") }
        return [
            "data-table": ask.table, "data-bucket": answer.bucket?.name, "data-by": answer.bucket == nil ? nil : by,
            "data-where": ask.filters.isEmpty ? nil : ask.filters.joined(separator: " & "),
            "data-from": ask.from.map { BucketText.iso($0) }, "data-to": ask.to.map { BucketText.iso($0) },
        ]
    }

    /// A number with its unit, as it is and where it comes from; a dash where there is none.
    ///
    /// - Parameter inScope: Whether an element around it has `scope`.
    func number(
        _ row: ViewRow, _ column: String, as shown: String? = nil, inScope: Bool = false, into page: inout Markup
    ) {
        guard let value = row[column], let number = value.number else {
            return page.tag("span", ["class": "m"], text: "–")
        }
        let named: Attributes = [
            "value": value.json, "data-view": answer.view, "data-column": column, "data-key": key(row),
        ]
        page.tag("data", inScope ? named : named.adding(scope), text: shown ?? unit(column).text(number))
    }

    /// A value that may be a text, a moment, a list or a number.
    func value(_ row: ViewRow, _ column: String, into page: inout Markup) {
        switch row[column] {
        case .int, .double, .decimal: number(row, column, inScope: true, into: &page)
        case .string(let text): page.text(text)
        case .bool(let flag): page.text(flag ? "yes" : "no")
        case .time(let time):
            page.tag("time", ["datetime": BucketText.iso(time)], text: ClockText.dayAndTime(time.nanoseconds))
        case .top(let entries):
            page.text(entries.prefix(5).map { "\($0.value.text ?? "none") (\($0.count))" }.joined(separator: ", "))
        case .null, nil: page.tag("span", ["class": "m"], text: "–")
        }
    }

    /// How many events a share is a share of; nil for what is no share.
    func base(_ row: ViewRow, _ column: String) -> Double? {
        guard case .mergeable(let definition) = description.view,
            let derived = definition.derived.first(where: { $0.name == column }),
            case .ratio(_, let whole) = derived.formula
        else { return nil }
        return whole.reduce(0.0) { $0 + (row[$1]?.number ?? 0) }
    }

    /// A share of fewer events than that is judged by nobody.
    private static let baseMin = 20.0

    /// What a row's value is; nil where there is none, or too little to say.
    func status(_ row: ViewRow, _ column: String) -> ChartStatus? {
        guard let value = row[column]?.number, let bounds = metric(column)?.bounds else { return nil }
        if let base = base(row, column), base < Self.baseMin { return nil }
        return bounds.state(of: value).map { ChartStatus($0) }
    }
}

extension ChartUnit {
    /// The unit of a described column.
    init(_ unit: FieldUnit?) {
        self =
            switch unit {
            case .milliseconds: .milliseconds
            case .seconds: .seconds
            case .hours: .hours
            case .days: .days
            case .fraction: .fraction
            case .bytes: .bytes
            case .megabytes: .megabytes
            case .count: .count
            case .perSecond: .perSecond
            case .score, .deviations, nil: .plain
            }
    }
}

extension ChartStatus {
    /// What a value is, by the bounds of its column; `ok` without bounds.
    init(_ state: MetricState?) {
        self =
            switch state {
            case .healthy, nil: .ok
            case .warning: .warning
            case .alert: .critical
            }
    }
}
