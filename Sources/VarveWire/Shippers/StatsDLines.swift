internal import VarveEvents

/// StatsD's and DogStatsD's lines:
///
///     page.views:1|c|@0.1|#service:shop,beta        a counter, of which one in ten was sent
///     queue:7|g    queue:-3|g                       a gauge, and a change of it
///     wait:12:15:9|ms                               three times of a timer (DogStatsD 1.1)
///     _e{5,4}:title|text|t:error                    an event        _sc|db|2|m:down        a check
///
/// A value becomes a `statsd.metric`, an event a `statsd.event`, a check a `statsd.check`. A line that is none is refused alone.
struct StatsDLines {
    static let fields = ["name", "kind", "value", "delta", "sample_rate", "member", "title", "text", "status", "message", "host"]
    private static let kinds: [String: StaticString] = [
        "c": "counter", "m": "counter", "g": "gauge", "ms": "timer", "h": "histogram", "d": "distribution", "s": "set",
    ]
    /// Values of one line.
    private static let valuesMax = 4_096

    func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        var at = 0
        var number = 0
        while at < document.count {
            let rest = UnsafeRawBufferPointer(rebasing: document[at...])
            var line = UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: 0x0A) ?? rest.count)])
            let start = at
            at += line.count + 1
            number += 1
            rows.skip(toRecord: number)
            if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            if let wrong = try read(line, offset: start, &rows) {
                rows.refuse(Problem(.syntax, "the line is no StatsD: \(wrong)"), line, offset: start)
            }
        }
    }

    /// Returns what is wrong with the line.
    private func read(
        _ line: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) -> String? {
        if line.starts(with: "_e{".utf8) { return try readEvent(line, offset, &rows) }
        var parts = StatsDParts(line)
        let head = parts.next()
        if head.elementsEqual("_sc".utf8) { return try readCheck(parts, line, offset, &rows) }
        guard let colon = head.firstIndex(of: 0x3A), colon > 0 else { return "a line is name:value|type" }
        let name = UnsafeRawBufferPointer(rebasing: head[..<colon])
        guard !parts.isAtEnd, let kind = Self.kinds[String(decoding: parts.next(), as: UTF8.self)] else {
            return "the type is none of c, g, ms, h, d, s, m"
        }
        guard let options = parts.options() else { return "what follows the type is no @rate, #tags or field" }
        let values = head[(colon + 1)...].split(separator: 0x3A, maxSplits: Self.valuesMax, omittingEmptySubsequences: false)
        guard values.count <= Self.valuesMax else { return "it has too many values" }
        let isSet = kind.utf8Start.pointee == UInt8(ascii: "s")
        let numbers = isSet ? [] : values.compactMap { Self.number($0) }
        guard isSet || numbers.count == values.count else { return "the value is no number" }
        for (place, value) in values.enumerated() {
            let raw = UnsafeRawBufferPointer(rebasing: value)
            begin("statsd.metric", options, &rows)
            rows.set(0, text: name)
            rows.set(1, .text(UnsafeRawBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount)))
            if isSet {
                rows.set(5, text: raw)
            } else {
                set(numbers[place], isChange: raw.first == 0x2B || raw.first == 0x2D, kind, options.rate, &rows)
            }
            try rows.end(line, offset: offset)
        }
        return nil
    }

    private func set(
        _ number: Double, isChange: Bool, _ kind: StaticString, _ rate: Double?, _ rows: inout DocumentRows
    ) {
        switch kind.utf8Start.pointee {
        case UInt8(ascii: "c"):
            rows.set(2, .double(number))
            let delta = number / (rate ?? 1)
            if delta.isFinite { rows.set(3, .double(delta)) }
        case UInt8(ascii: "g") where isChange: rows.set(3, .double(number))
        default: rows.set(2, .double(number))
        }
    }

    private func begin(_ signal: StaticString, _ options: StatsDOptions, _ rows: inout DocumentRows) {
        rows.begin(signal, time: options.time ?? rows.clock.now)
        if let rate = options.rate, rate != 1 { rows.set(4, .double(rate)) }
        for tag in options.tags {
            let colon = tag.firstIndex(of: 0x3A)
            let name = UnsafeRawBufferPointer(rebasing: tag[..<(colon ?? tag.endIndex)])
            guard let colon else {
                rows.attribute(name, .bool(true), prefix: "tag.")
                continue
            }
            let value = UnsafeRawBufferPointer(rebasing: tag[(colon + 1)...])
            if name.elementsEqual("service".utf8) { rows.set(.component, value) }
            if let value = rows.text(value) { rows.attribute(name, value, prefix: "tag.") }
        }
        for field in options.fields {
            if let value = rows.text(field.value) {
                rows.attribute(UnsafeRawBufferPointer(start: field.name.utf8Start, count: field.name.utf8CodeUnitCount), value)
            }
        }
        if let host = options.host { rows.set(10, text: host) }
        if let message = options.message { rows.set(9, text: message) }
    }

    /// A finite number as programs write it.
    static func number(_ raw: Slice<UnsafeRawBufferPointer>) -> Double? {
        guard (1...64).contains(raw.count), raw.allSatisfy({ $0 &- 0x30 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) })
        else { return nil }
        let text = String(decoding: raw.first == 0x2B ? raw.dropFirst() : raw, as: UTF8.self)
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// `_e{5,4}:title|text|…`, whose lengths count bytes.
    private func readEvent(
        _ line: UnsafeRawBufferPointer, _ offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) -> String? {
        guard let close = line.firstIndex(of: 0x7D), close + 1 < line.count, line[close + 1] == 0x3A else { return "no }:" }
        let lengths = line[3..<close].split(separator: 0x2C).map { Int(String(decoding: $0, as: UTF8.self)) }
        guard lengths.count == 2, let first = lengths[0], let second = lengths[1], first >= 1, second >= 0,
            first <= line.count, second <= line.count
        else { return "an event begins with _e{LENGTH,LENGTH}:" }
        let start = close + 2
        guard line.count - start >= first + 1 + second, line[start + first] == 0x7C else { return "its lengths are not right" }
        let title = UnsafeRawBufferPointer(rebasing: line[start..<(start + first)])
        let text = UnsafeRawBufferPointer(rebasing: line[(start + first + 1)..<(start + first + 1 + second)])
        var parts = StatsDParts(UnsafeRawBufferPointer(rebasing: line[(start + first + 1 + second)...]))
        guard parts.next().isEmpty, let options = parts.options() else { return "something follows its text" }
        begin("statsd.event", options, &rows)
        rows.set(6, text: title)
        rows.set(7, text: text)
        try rows.end(line, offset: offset)
        return nil
    }

    /// `_sc|name|status|…`
    private func readCheck(
        _ parts: StatsDParts, _ line: UnsafeRawBufferPointer, _ offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) -> String? {
        var parts = parts
        let name = parts.next()
        let status = parts.next()
        guard !name.isEmpty, status.count == 1, (0x30...0x33).contains(status[0]) else {
            return "a check is _sc|NAME|STATUS, a status from 0 to 3"
        }
        guard let options = parts.options() else { return "what follows the status is no field" }
        begin("statsd.check", options, &rows)
        rows.set(0, text: name)
        rows.set(8, .int64(Int64(status[0] - 0x30)))
        try rows.end(line, offset: offset)
        return nil
    }
}
