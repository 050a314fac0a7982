internal import VarveEvents
internal import VarveHash

/// `ExportMetricsServiceRequest`: a data point becomes an `otel.metric`.
struct OTLPMetrics: OTLPSignal {
    private let ids: DocumentIDs
    private let cumulative: CumulativeSeries
    var scope = OTLPScope()
    var fields: [String] { OTLPMetricField.allCases.map(\.rawValue) }

    init(_ message: UnsafeRawBufferPointer, _ cumulative: CumulativeSeries?) {
        self.cumulative = cumulative ?? CumulativeSeries()
        ids = DocumentIDs(message)
    }

    func readRecord(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        var metric = OTLPMetric()
        var reader = ProtobufReader(message)
        var data: UnsafeRawBufferPointer?
        while try reader.next() {
            switch reader.tag {
            case 0x0A: metric.name = try reader.data()
            case 0x1A: metric.unit = try reader.data()
            case 0x2A, 0x3A, 0x4A, 0x52, 0x5A:
                metric.kind = OTLPMetric.Kind(tag: reader.tag)
                data = try reader.data()
            default: try reader.skip()
            }
        }
        guard let data else { return }
        var points: [UnsafeRawBufferPointer] = []
        var inner = ProtobufReader(data)
        while try inner.next() {
            switch inner.tag {
            case 0x0A: points.append(try inner.data())
            case 0x10: metric.temporality = try inner.varint()
            case 0x18: metric.isMonotonic = try inner.bool()
            default: try inner.skip()
            }
        }
        metric.nameHash = XXH3.hash128(metric.name)
        for point in points { try readPoint(point, metric, &rows) }
    }

    private func readPoint(
        _ message: UnsafeRawBufferPointer, _ metric: OTLPMetric, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        let point = try OTLPPoint(message, metric.kind)
        rows.begin("otel.metric", time: Int64(clamping: point.time))
        rows.set(.id, ids.id(rows.record, rows.arena))
        if metric.name.isEmpty { rows.refuse(Problem(.badName, "a metric has no name")) }
        var hash = scope.hash
        for message in point.attributes {
            guard let (name, value) = try rows.keyValue(message) else { continue }
            hash.add(name, value)
            rows.attribute(name, value)
        }
        let series = metric.series(hash)
        rows.set(.series, .text(rows.arena.keep(series.digits)))
        rows.set(OTLPMetricField.name.number, text: metric.name)
        rows.set(OTLPMetricField.kind, .text(rows.arena.keep(metric.kind.rawValue)))
        rows.set(OTLPMetricField.unit.number, text: metric.unit)
        if point.start != 0 { rows.set(.startTime, .int64(Int64(clamping: point.start))) }
        if let temporality = metric.temporalityName { rows.set(.temporality, .text(rows.arena.keep(temporality))) }
        if metric.kind == .sum { rows.set(.monotonic, .bool(metric.isMonotonic)) }
        if point.isStale {
            rows.set(.stale, .bool(true))
            cumulative.end(series)
        } else {
            try point.set(&rows)
            setIncrease(point, metric, series, &rows)
        }
        scope.set(&rows)
        try rows.end(message)
    }

    /// Sets the increase since the previous point.
    private func setIncrease(_ point: OTLPPoint, _ metric: OTLPMetric, _ series: Hash128, _ rows: inout DocumentRows) {
        guard metric.kind != .gauge, metric.kind != .summary, metric.kind != .sum || metric.isMonotonic else { return }
        var before = CumulativeSeries.Point(start: 0, time: 0, value: 0)
        if metric.temporality != 1 {
            guard let known = cumulative.before(series, point.cumulative) else { return }
            before = known
        }
        guard metric.kind != .sum else {
            // A counter that is smaller than before has been reset.
            let isReset = point.number < before.value
            return point.setDelta(isReset ? 0 : before.value, &rows)
        }
        guard point.count >= before.count else { return }
        rows.set(.deltaCount, .int64(Int64(clamping: point.count - before.count)))
        if let sum = point.sum, (sum - before.value).isFinite { rows.set(.deltaSum, .double(sum - before.value)) }
        guard metric.kind == .histogram, !point.buckets.isEmpty else { return }
        if before.buckets.isEmpty { before.buckets = point.buckets.map { _ in 0 } }
        let pairs = zip(point.buckets, before.buckets)
        guard before.buckets.count == point.buckets.count, pairs.allSatisfy({ $0 >= $1 }) else { return }
        rows.set(.deltaBuckets, rows.json(pairs.map { $0 - $1 }))
    }
}

/// The properties shared by the points of a metric.
struct OTLPMetric {
    enum Kind: String {
        case gauge, sum, histogram
        case exponential = "exponential_histogram"
        case summary

        init(tag: UInt32) {
            switch tag {
            case 0x2A: self = .gauge
            case 0x3A: self = .sum
            case 0x4A: self = .histogram
            case 0x52: self = .exponential
            default: self = .summary
            }
        }
    }

    var name = UnsafeRawBufferPointer(start: nil, count: 0)
    var nameHash = Hash128(high: 0, low: 0)
    var unit = UnsafeRawBufferPointer(start: nil, count: 0)
    var kind = Kind.gauge
    var temporality: UInt64 = 0
    var isMonotonic = false

    var temporalityName: String? { temporality == 1 ? "delta" : temporality == 2 ? "cumulative" : nil }

    /// The hash that identifies the series.
    func series(_ attributes: AttributesHash) -> Hash128 {
        let kind = XXH3.hash64(self.kind.rawValue)
        return Hash128(high: attributes.high &* 31 &+ nameHash.high &+ kind, low: attributes.low &* 31 &+ nameHash.low)
    }
}

extension Hash128 {
    /// 32 hexadecimal digits.
    var digits: [UInt8] {
        var room = [UInt8](repeating: 0, count: 32)
        let bytes = [high.bigEndian, low.bigEndian]
        room.withUnsafeMutableBytes { room in bytes.withUnsafeBytes { writeHex($0, into: room) } }
        return room
    }
}

extension DocumentRows {
    mutating func set(_ field: OTLPMetricField, _ value: Value) { set(field.number, value) }

    /// Numbers as a list.
    func json(_ numbers: [UInt64]) -> Value {
        .json(arena.keep("[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"))
    }
}
