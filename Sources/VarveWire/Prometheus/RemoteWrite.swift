internal import CSnappy
internal import VarveEvents

/// Prometheus' remote write, 1.0 and 2.0: a snappy block with a protobuf message. Each sample and each native histogram becomes a
/// `prometheus.sample`, metadata `prometheus.metadata`. Exemplars are left out.
struct RemoteWrite {
    private var samples = PrometheusRows()
    private var labels: [PrometheusRows.Label] = []
    private var symbols: [UnsafeRawBufferPointer] = []
    private let isSecond: Bool
    private static let nameLabel = Array("__name__".utf8)

    init(isSecond: Bool) { self.isSecond = isSecond }

    /// Unpacks a snappy block into `arena`. Its size stands at its beginning, and is checked before anything is allocated.
    static func unpack(_ block: UnsafeRawBufferPointer, _ arena: TextArena) throws(DocumentFault) -> UnsafeRawBufferPointer {
        let input = block.baseAddress?.assumingMemoryBound(to: CChar.self)
        var size = 0
        guard let input, snappy_uncompressed_length(input, block.count, &size) == SNAPPY_OK else {
            throw DocumentFault(.syntax, "the body is no snappy block")
        }
        guard size <= WireLimits.documentBytes, size / 64 <= block.count else {
            throw DocumentFault(.lineTooLong, "the body says that it unpacks to \(size) bytes")
        }
        let room = arena.room(size)
        guard let output = room.baseAddress?.assumingMemoryBound(to: CChar.self) else { return UnsafeRawBufferPointer(room) }
        guard snappy_uncompress(input, block.count, output, &size) == SNAPPY_OK else {
            throw DocumentFault(.syntax, "the body is no snappy block: it is damaged")
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<size])
    }

    mutating func read(_ message: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        samples.reserve(&rows)
        rows.tally = [0, 0, 0]
        if isSecond { try readSymbols(message) }
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch (isSecond, reader.tag) {
            case (false, 0x0A), (true, 0x2A): try readSeries(try reader.data(), &rows)
            case (false, 0x1A): try readMetadata(try reader.data(), &rows)
            default: try reader.skip()
            }
        }
    }

    /// Texts of a request of 2.0, which labels refer to by their number.
    private mutating func readSymbols(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            if reader.tag == 0x22 { symbols.append(try reader.data()) } else { try reader.skip() }
        }
        guard symbols.first.map(\.isEmpty) ?? true else {
            throw DocumentFault(.syntax, "the first symbol of the request is not the empty text")
        }
    }

    private func symbol(_ number: UInt64) throws(DocumentFault) -> UnsafeRawBufferPointer {
        guard number < UInt64(symbols.count) else { throw DocumentFault(.syntax, "there is no symbol \(number)") }
        return symbols[Int(number)]
    }

    private mutating func readSeries(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        labels.removeAll(keepingCapacity: true)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var references: [UInt64] = []
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch (isSecond, reader.tag) {
            case (false, 0x0A): labels.append(try Self.label(try reader.data()))
            case (true, 0x08), (true, 0x0A): try reader.varints(into: &references)
            default: try reader.skip()
            }
        }
        if isSecond {
            guard references.count % 2 == 0 else { throw DocumentFault(.syntax, "a label has no value") }
            for place in stride(from: 0, to: references.count, by: 2) {
                labels.append(
                    PrometheusRows.Label(name: try symbol(references[place]), value: try symbol(references[place + 1])))
            }
        }
        if let place = labels.firstIndex(where: { $0.name.elementsEqual(Self.nameLabel) }) {
            name = labels[place].value
            labels.remove(at: place)
        }
        try readPoints(message, name, &rows)
    }

    private static func label(_ message: UnsafeRawBufferPointer) throws(DocumentFault) -> PrometheusRows.Label {
        var reader = ProtobufReader(message)
        var label = PrometheusRows.Label(name: message, value: message)
        label.name = UnsafeRawBufferPointer(start: nil, count: 0)
        label.value = label.name
        while try reader.next() {
            switch reader.tag {
            case 0x0A: label.name = try reader.data()
            case 0x12: label.value = try reader.data()
            default: try reader.skip()
            }
        }
        return label
    }

    private mutating func readPoints(
        _ message: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch (isSecond, reader.tag) {
            case (_, 0x12): try readSample(try reader.data(), name, &rows)
            case (false, 0x22), (true, 0x1A): try readHistogram(try reader.data(), name, &rows)
            case (false, 0x1A), (true, 0x22):
                try reader.skip()
                rows.note("(exemplars)")
            case (true, 0x2A): try readSeriesMetadata(try reader.data(), name, &rows)
            default: try reader.skip()
            }
        }
    }

    private mutating func readSample(
        _ message: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var (value, time) = (0.0, Int64(0))
        while try reader.next() {
            switch reader.tag {
            case 0x09: value = try reader.double()
            case 0x10: time = try reader.int64()
            default: try reader.skip()
            }
        }
        samples.begin(
            "prometheus.sample", time: PrometheusRows.nanoseconds(milliseconds: time), name: name, labels: labels, &rows)
        samples.set(value: value, &rows)
        try rows.end(message)
        if rows.isTaken { rows.tally[0] += 1 }
    }

    private mutating func readHistogram(
        _ message: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        let histogram = try RemoteHistogram(message)
        samples.begin(
            "prometheus.sample", time: PrometheusRows.nanoseconds(milliseconds: histogram.time), name: name, labels: labels, &rows
        )
        if histogram.sum.bitPattern == PrometheusRows.staleBits {
            samples.set(value: histogram.sum, &rows)
        } else {
            rows.set(PrometheusRows.Field.count.rawValue, .double(histogram.count))
            if histogram.sum.isFinite { rows.set(PrometheusRows.Field.sum.rawValue, .double(histogram.sum)) }
            rows.set(PrometheusRows.Field.histogram.rawValue, .json(rows.arena.keep(histogram.json)))
        }
        try rows.end(message)
        if rows.isTaken { rows.tally[1] += 1 }
    }

    private static let types = [
        "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset",
    ]

    private mutating func readMetadata(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var (type, name, help, unit) = (UInt64(0), none, none, none)
        while try reader.next() {
            switch reader.tag {
            case 0x08: type = try reader.varint()
            case 0x12: name = try reader.data()
            case 0x22: help = try reader.data()
            case 0x2A: unit = try reader.data()
            default: try reader.skip()
            }
        }
        try writeMetadata(message, type, name, help, unit, &rows)
    }

    /// Metadata of 2.0 stand in the series, mostly empty.
    private mutating func readSeriesMetadata(
        _ message: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var (type, help, unit) = (UInt64(0), UInt64(0), UInt64(0))
        while try reader.next() {
            switch reader.tag {
            case 0x08: type = try reader.varint()
            case 0x18: help = try reader.varint()
            case 0x20: unit = try reader.varint()
            default: try reader.skip()
            }
        }
        guard type != 0 || help != 0 || unit != 0 else { return }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        try writeMetadata(
            message, type, name, help == 0 ? none : try symbol(help), unit == 0 ? none : try symbol(unit), &rows)
    }

    private mutating func writeMetadata(
        _ message: UnsafeRawBufferPointer, _ type: UInt64, _ name: UnsafeRawBufferPointer, _ help: UnsafeRawBufferPointer,
        _ unit: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        samples.begin("prometheus.metadata", time: rows.clock.now, name: name, labels: [], &rows)
        let word = type < UInt64(Self.types.count) ? Self.types[Int(type)] : "unknown"
        rows.set(PrometheusRows.Field.type.rawValue, .text(rows.arena.keep(word)))
        rows.set(PrometheusRows.Field.help.rawValue, text: help)
        rows.set(PrometheusRows.Field.unit.rawValue, text: unit)
        try rows.end(message)
    }
}
