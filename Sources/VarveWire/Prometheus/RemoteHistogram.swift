/// A native histogram of remote write; both versions write it alike.
struct RemoteHistogram {
    private(set) var count: Double = 0
    private(set) var sum: Double = 0
    private(set) var time: Int64 = 0
    private var schema: Int64 = 0
    private var zeroThreshold: Double = 0
    private var zeroCount: Double = 0
    private var negativeSpans: [String] = []
    private var positiveSpans: [String] = []
    private var negativeDeltas: [UInt64] = []
    private var positiveDeltas: [UInt64] = []
    private var negativeCounts: [UInt64] = []
    private var positiveCounts: [UInt64] = []
    private var customValues: [UInt64] = []

    init(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch reader.tag {
            case 0x08: count = Double(try reader.varint())
            case 0x11: count = try reader.double()
            case 0x19: sum = try reader.double()
            case 0x20: schema = try reader.zigzag()
            case 0x29: zeroThreshold = try reader.double()
            case 0x30: zeroCount = Double(try reader.varint())
            case 0x39: zeroCount = try reader.double()
            case 0x42: negativeSpans.append(try Self.span(try reader.data()))
            case 0x48, 0x4A: try reader.varints(into: &negativeDeltas)
            case 0x51, 0x52: try reader.fixed64s(into: &negativeCounts)
            case 0x5A: positiveSpans.append(try Self.span(try reader.data()))
            case 0x60, 0x62: try reader.varints(into: &positiveDeltas)
            case 0x69, 0x6A: try reader.fixed64s(into: &positiveCounts)
            case 0x78: time = try reader.int64()
            case 0x81, 0x82: try reader.fixed64s(into: &customValues)
            default: try reader.skip()
            }
        }
    }

    private static func span(_ message: UnsafeRawBufferPointer) throws(DocumentFault) -> String {
        var reader = ProtobufReader(message)
        var (offset, length) = (Int64(0), UInt64(0))
        while try reader.next() {
            switch reader.tag {
            case 0x08: offset = try reader.zigzag()
            case 0x10: length = try reader.varint()
            default: try reader.skip()
            }
        }
        return "[\(offset),\(length)]"
    }

    /// Everything but count, sum and time: spans as pairs of offset and length, whole counts as differences to the one before.
    var json: String {
        var line = JSONLine()
        line.field("schema", schema)
        line.field("zero_threshold", zeroThreshold)
        line.field("zero_count", zeroCount)
        let sides = [
            ("positive", positiveSpans, positiveDeltas, positiveCounts),
            ("negative", negativeSpans, negativeDeltas, negativeCounts),
        ]
        for (name, spans, deltas, counts) in sides where !spans.isEmpty {
            line.field("\(name)_spans", json: JSONLine.array(spans))
            if !deltas.isEmpty { line.field("\(name)_deltas", json: JSONLine.array(deltas.map { "\(Self.zigzag($0))" })) }
            if !counts.isEmpty { line.field("\(name)_counts", json: JSONLine.array(counts.map(Self.number))) }
        }
        if !customValues.isEmpty { line.field("custom_values", json: JSONLine.array(customValues.map(Self.number))) }
        return line.text
    }

    private static func zigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }

    private static func number(_ bits: UInt64) -> String {
        let number = Double(bitPattern: bits)
        return number.isFinite ? "\(number)" : "null"
    }
}
