internal import VarveEvents

/// The decoded fields of a data point of any kind.
struct OTLPPoint {
    private let kind: OTLPMetric.Kind
    private(set) var attributes: [UnsafeRawBufferPointer] = []
    private(set) var start: UInt64 = 0
    private(set) var time: UInt64 = 0
    private(set) var flags: UInt64 = 0
    private(set) var double: Double?
    private(set) var integer: Int64?
    private(set) var count: UInt64 = 0
    private(set) var sum: Double?
    private(set) var buckets: [UInt64] = []
    private var min: Double?
    private var max: Double?
    private var bounds: [UInt64] = []
    private var scale: Int64 = 0
    private var zeroCount: UInt64 = 0
    private var zeroThreshold: Double = 0
    private var positive: UnsafeRawBufferPointer?
    private var negative: UnsafeRawBufferPointer?
    private var quantiles: [UnsafeRawBufferPointer] = []
    private var exemplars: [UnsafeRawBufferPointer] = []

    init(_ message: UnsafeRawBufferPointer, _ kind: OTLPMetric.Kind) throws(DocumentFault) {
        self.kind = kind
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch (kind, reader.tag) {
            case (_, 0x11): start = try reader.fixed64()
            case (_, 0x19): time = try reader.fixed64()
            case (.gauge, _), (.sum, _): try readNumber(&reader)
            case (.histogram, _): try readHistogram(&reader)
            case (.exponential, _): try readExponential(&reader)
            case (.summary, _): try readSummary(&reader)
            }
        }
    }

    private mutating func readNumber(_ reader: inout ProtobufReader) throws(DocumentFault) {
        switch reader.tag {
        case 0x21: (double, integer) = (try reader.double(), nil)
        case 0x31: (double, integer) = (nil, Int64(bitPattern: try reader.fixed64()))
        case 0x2A: exemplars.append(try reader.data())
        case 0x3A: attributes.append(try reader.data())
        case 0x40: flags = try reader.varint()
        default: try reader.skip()
        }
    }

    private mutating func readHistogram(_ reader: inout ProtobufReader) throws(DocumentFault) {
        switch reader.tag {
        case 0x21: count = try reader.fixed64()
        case 0x29: sum = try reader.double()
        case 0x31, 0x32: try reader.fixed64s(into: &buckets)
        case 0x39, 0x3A: try reader.fixed64s(into: &bounds)
        case 0x42: exemplars.append(try reader.data())
        case 0x4A: attributes.append(try reader.data())
        case 0x50: flags = try reader.varint()
        case 0x59: min = try reader.double()
        case 0x61: max = try reader.double()
        default: try reader.skip()
        }
    }

    private mutating func readExponential(_ reader: inout ProtobufReader) throws(DocumentFault) {
        switch reader.tag {
        case 0x0A: attributes.append(try reader.data())
        case 0x21: count = try reader.fixed64()
        case 0x29: sum = try reader.double()
        case 0x30: scale = try reader.zigzag()
        case 0x39: zeroCount = try reader.fixed64()
        case 0x42: positive = try reader.data()
        case 0x4A: negative = try reader.data()
        case 0x50: flags = try reader.varint()
        case 0x5A: exemplars.append(try reader.data())
        case 0x61: min = try reader.double()
        case 0x69: max = try reader.double()
        case 0x71: zeroThreshold = try reader.double()
        default: try reader.skip()
        }
    }

    private mutating func readSummary(_ reader: inout ProtobufReader) throws(DocumentFault) {
        switch reader.tag {
        case 0x21: count = try reader.fixed64()
        case 0x29: sum = try reader.double()
        case 0x32: quantiles.append(try reader.data())
        case 0x3A: attributes.append(try reader.data())
        case 0x40: flags = try reader.varint()
        default: try reader.skip()
        }
    }

    /// Whether the point has the flag "no recorded value".
    var isStale: Bool { flags & 1 != 0 }

    var number: Double { integer.map { Double($0) } ?? double ?? 0 }

    var cumulative: CumulativeSeries.Point {
        CumulativeSeries.Point(
            start: start, time: time, value: kind == .sum ? number : sum ?? 0, count: count,
            buckets: kind == .histogram ? buckets : [])
    }

    func set(_ rows: inout DocumentRows) throws(DocumentFault) {
        if !exemplars.isEmpty {
            rows.set(
                .exemplars,
                try listed(exemplars, &rows) { json, message throws(DocumentFault) in
                    try json.exemplar(message)
                })
        }
        guard kind != .gauge, kind != .sum else {
            if let integer {
                rows.set(.value, .int64(integer))
            } else if let double {
                set(.value, double, &rows)
            } else {
                rows.refuse(Problem(.wrongType, "a point has neither a value nor the mark that it has none"))
            }
            return
        }
        rows.set(.count, .int64(Int64(clamping: count)))
        if let sum { set(.sum, sum, &rows) }
        if let min { set(.min, min, &rows) }
        if let max { set(.max, max, &rows) }
        switch kind {
        case .histogram:
            if !buckets.isEmpty { rows.set(.buckets, rows.json(buckets)) }
            if !bounds.isEmpty { rows.set(.bounds, Self.list(bounds, rows.arena)) }
        case .exponential:
            rows.set(.scale, .int64(scale))
            rows.set(.zeroCount, .int64(Int64(clamping: zeroCount)))
            if zeroThreshold != 0 { set(.zeroThreshold, zeroThreshold, &rows) }
            if let positive { rows.set(.positive, try Self.exponents(positive, rows.arena)) }
            if let negative { rows.set(.negative, try Self.exponents(negative, rows.arena)) }
        default:
            if !quantiles.isEmpty {
                rows.set(
                    .quantiles,
                    try listed(quantiles, &rows) { json, message throws(DocumentFault) in
                        try json.quantile(message)
                    })
            }
        }
    }

    /// Sets the increase since `before`.
    func setDelta(_ before: Double, _ rows: inout DocumentRows) {
        if let integer, let whole = Int64(exactly: before) {
            let (difference, overflow) = integer.subtractingReportingOverflow(whole)
            if !overflow { rows.set(.delta, .int64(difference)) }
        } else if (number - before).isFinite {
            rows.set(.delta, .double(number - before))
        }
    }

    /// A number that is not finite is stored as text.
    private func set(_ field: OTLPMetricField, _ number: Double, _ rows: inout DocumentRows) {
        rows.set(field, number.isFinite ? .double(number) : .text(rows.arena.keep(OTLPValueText.name(notFinite: number))))
    }

    private func listed(
        _ messages: [UnsafeRawBufferPointer], _ rows: inout DocumentRows,
        _ write: (inout OTLPValueText, UnsafeRawBufferPointer) throws(DocumentFault) -> Void
    ) throws(DocumentFault) -> DocumentRows.Value {
        var json = OTLPValueText()
        json.writer.raw("[")
        for (place, message) in messages.enumerated() {
            if place > 0 { json.writer.raw(",") }
            try write(&json, message)
        }
        json.writer.raw("]")
        return .json(rows.arena.keep(json.writer.bytes))
    }

    private static func list(_ doubles: [UInt64], _ arena: TextArena) -> DocumentRows.Value {
        var writer = JSONWriter()
        writer.raw("[")
        for (place, bits) in doubles.enumerated() {
            if place > 0 { writer.raw(",") }
            writer.double(Double(bitPattern: bits))
        }
        writer.raw("]")
        return .json(arena.keep(writer.bytes))
    }

    /// The buckets of an exponential histogram: `{"offset":…,"counts":[…]}`.
    private static func exponents(
        _ message: UnsafeRawBufferPointer, _ arena: TextArena
    ) throws(DocumentFault) -> DocumentRows.Value {
        var reader = ProtobufReader(message)
        var offset: Int64 = 0
        var counts: [UInt64] = []
        while try reader.next() {
            switch reader.tag {
            case 0x08: offset = try reader.zigzag()
            case 0x10, 0x12: try reader.varints(into: &counts)
            default: try reader.skip()
            }
        }
        let list = counts.map { "\($0)" }.joined(separator: ",")
        return .json(arena.keep("{\"offset\":\(offset),\"counts\":[\(list)]}"))
    }
}
