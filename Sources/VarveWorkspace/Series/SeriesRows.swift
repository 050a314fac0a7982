internal import VarveEvents
internal import VarvePromQL

/// The samples of a batch: series are found for whole columns of codes at a time, not row by row.
struct SeriesRows {
    /// As many of each: a series' number, milliseconds since 1970, a value.
    private(set) var numbers: [Int32] = []
    private(set) var times: [Int64] = []
    private(set) var values: [Double] = []

    mutating func add(_ batch: EventBatch, to table: inout SeriesTable) {
        guard batch.groups.contains(where: { MetricShape(signal: $0.signal) != nil }) else { return }
        let rows = batch.groups.count == 1 ? [] : batch.rowsByPosition()
        for (number, group) in batch.groups.enumerated() {
            guard let shape = MetricShape(signal: group.signal), !group.positions.isEmpty else { continue }
            let part = GroupColumns(batch, number)
            let times = group.positions.map { position in
                Self.milliseconds(batch.times[rows.isEmpty ? position : Int(rows[position])])
            }
            add(part, shape, times, &table)
        }
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Int64 {
        nanoseconds / 1_000_000 - (nanoseconds % 1_000_000 < 0 ? 1 : 0)
    }

    private mutating func add(
        _ part: GroupColumns, _ shape: MetricShape, _ moments: [Int64], _ table: inout SeriesTable
    ) {
        var labels = LabelCombinations(part.count)
        for column in part.columns {
            if column.key == ColumnKey(.attribute, "name", .string) {
                labels.combine(part.codes(column), Label.metricName) { shape.metricName($0) }
            } else if let name = shape.label(column.key) {
                labels.combine(part.codes(column), name) { $0 }
            }
        }
        guard labels.hasName else { return }
        let numbers = labels.numbers(&table)
        let samples = part.samples()
        for row in 0..<part.count where numbers[row] >= 0 {
            if let value = samples[row] {
                append(numbers[row], moments[row], value)
            }
        }
        if shape == .openTelemetry { addHistograms(part, labels, moments, &table) }
    }

    mutating func append(_ number: Int32, _ time: Int64, _ value: Double) {
        numbers.append(number)
        times.append(time)
        values.append(value)
    }

    /// The parts of histograms and summaries, as classic series: `_count`, `_sum`, and `_bucket` with `le`.
    private mutating func addHistograms(
        _ part: GroupColumns, _ labels: LabelCombinations, _ moments: [Int64], _ table: inout SeriesTable
    ) {
        let counts = part.numbers("count")
        guard counts.contains(where: { $0 != nil }) else { return }
        let sums = part.numbers("sum")
        let (bounds, buckets) = (part.texts("bounds"), part.texts("buckets"))
        for row in 0..<part.count {
            guard let count = counts[row] else { continue }
            if let number = labels.number(row, suffix: "_count", le: nil, &table) { append(number, moments[row], count) }
            if let sum = sums[row], let number = labels.number(row, suffix: "_sum", le: nil, &table) {
                append(number, moments[row], sum)
            }
            guard let limits = bounds[row].map(Self.list), let sizes = buckets[row].map(Self.list),
                sizes.count == limits.count + 1
            else { continue }
            var total = 0.0
            for (index, size) in sizes.enumerated() {
                total += size
                let le = index < limits.count ? GoText.plain(limits[index]) : "+Inf"
                if let number = labels.number(row, suffix: "_bucket", le: le, &table) { append(number, moments[row], total) }
            }
        }
    }

    /// The numbers of a JSON list of numbers.
    private static func list(_ json: String) -> [Double] {
        json.split(whereSeparator: { "[], ".contains($0) }).compactMap { Double($0) }
    }
}
