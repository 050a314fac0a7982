internal import VarveEvents
internal import VarveProjections

/// The hourly views of an overview, and the outliers in their rows.
struct HourlyViews {
    /// One view: the field it is grouped by, and what it measures besides the count.
    private struct Breakdown {
        var view: ViewDefinition
        var field: String
        /// The fields whose percentiles are computed.
        var numbers: [String]
        /// Whether shares of all events are compared instead of numbers of events.
        var isShare: Bool
    }

    private var breakdowns: [Breakdown] = []
    private static let groupsMax = 200
    private static let sharesMax = 6
    /// A percentile of fewer values is not meaningful.
    private static let valuesMin: Int64 = 20
    /// A longer time span has too many empty hours to check each.
    private static let hoursMax: Int64 = 20_000

    var views: [ViewDefinition] { breakdowns.map(\.view) }

    init(_ overview: Overview) {
        let component = overview.values.first { $0.field == "component" && $0.distinct > 1 && $0.distinct <= Self.groupsMax }
        var counts: [String: Int64] = [:]
        for number in overview.numbers where OverviewFields.isLength(number.field) {
            counts[number.field, default: 0] += number.count
        }
        let numbers = Array(counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key))
        add("signal", numbers: component == nil ? numbers : [])
        if component != nil { add("component", numbers: numbers) }
        let shares = overview.values.filter { $0.field != "component" && (2...12).contains($0.distinct) }
        for values in shares.prefix(Self.sharesMax) { add(values.field, isShare: true) }
    }

    private mutating func add(_ field: String, numbers: [String] = [], isShare: Bool = false) {
        var view = ViewDefinition(
            name: "hourly\(breakdowns.count)", levels: [.hour], dimensions: [Dimension(field)], measures: [.count("events")],
            budget: Self.groupsMax)
        for (index, number) in numbers.enumerated() {
            view.measures.append(
                Measure(
                    "number\(index)",
                    .quantiles(
                        Field(number),
                        [StatisticColumn("n\(index)", .count), StatisticColumn("p95\(index)", .quantile(millionths: 950_000))])))
        }
        breakdowns.append(Breakdown(view: view, field: field, numbers: numbers, isShare: isShare))
    }

    /// The outliers in the rows of one view, with scores.
    func notes(_ view: ViewDefinition, _ rows: [ViewRow], _ overview: Overview) -> [(note: Overview.Note, score: Double)] {
        guard let breakdown = breakdowns.first(where: { $0.view.name == view.name }), let first = overview.first,
            let last = overview.last
        else {
            return []
        }
        let hours = BucketLevel.hour.bucket(of: first.nanoseconds)...BucketLevel.hour.bucket(of: last.nanoseconds)
        guard hours.upperBound - hours.lowerBound < Self.hoursMax else { return [] }
        var groups: [String: [Int64: ViewRow]] = [:]
        var totals: [Int64: Int64] = [:]
        for row in rows where !row.isOther {
            guard let time = row.time, case .int(let count)? = row["events"] else { continue }
            let hour = BucketLevel.hour.bucket(of: time.nanoseconds)
            totals[hour, default: 0] += count
            if let value = row.values.first?.value.text { groups[value, default: [:]][hour] = row }
        }
        var found: [(note: Overview.Note, score: Double)] = []
        for (value, rows) in groups.sorted(by: { $0.key < $1.key }) {
            let place = OverviewPlace(field: breakdown.field, value: value, firstHour: hours.lowerBound)
            func series(_ kind: HourlySeries.Kind, _ make: (ViewRow?, Int64) -> (Double?, Double)) -> HourlySeries {
                let made = hours.map { make(rows[$0], $0) }
                return HourlySeries(kind: kind, firstHour: hours.lowerBound, values: made.map(\.0), weights: made.map(\.1))
            }
            if breakdown.isShare {
                let shares = series(.share) { row, hour in
                    let total = totals[hour] ?? 0
                    return total < Self.valuesMin ? (nil, 0) : (Double(Self.events(row)) / Double(total), Double(total))
                }
                found += shares.outliers().map { (place.share($0), $0.score) }
            } else {
                // The first and the last hour are usually incomplete.
                let counts = series(.count) { row, hour in
                    let isWhole = hour > hours.lowerBound && hour < hours.upperBound
                    return (isWhole ? Double(Self.events(row)) : nil, 1)
                }
                found += counts.outliers().map { (place.count($0), $0.score) }
            }
            for (index, number) in breakdown.numbers.enumerated() {
                let levels = series(.level) { row, _ in
                    guard case .int(let count)? = row?["n\(index)"], count >= Self.valuesMin else { return (nil, 0) }
                    return (row?["p95\(index)"]?.number, Double(count))
                }
                found += levels.outliers().filter(\.isHigh).map { (place.level($0, of: number), $0.score) }
            }
        }
        return found
    }

    private static func events(_ row: ViewRow?) -> Int64 {
        if case .int(let count)? = row?["events"] { count } else { 0 }
    }
}
