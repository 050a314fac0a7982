/// Evaluates the sources of a mapping for one record.
struct FieldEvaluator {
    /// The path of the file; empty if there is none.
    let path: String
    /// The decimal separator.
    let point: UInt8

    func value(_ source: FieldSource, _ record: borrowing FieldRecord) -> FieldValue {
        switch source {
        case .field(let number): return record.values[number]
        case .constant(let text): return FieldValue(text: record.arena.keep(text))
        case .path(let pattern): return pattern.match(path).map { FieldValue(text: record.arena.keep($0)) } ?? .absent
        case .first(let sources):
            for source in sources {
                let value = value(source, record)
                if !value.isAbsent { return value }
            }
            return .absent
        case .map(let source, let values, let otherwise, let keeps):
            return mapped(value(source, record), values, otherwise, keeps, record)
        case .concat(let sources, let separator): return concat(sources, separator, record)
        case .product(let sources): return product(sources, record)
        case .before(let source, let mark): return cut(source, at: mark, record, isBefore: true)
        case .after(let source, let mark): return cut(source, at: mark, record, isBefore: false)
        case .trim(let source):
            guard let text = value(source, record).asText(record.arena) else { return .absent }
            guard let first = text.firstIndex(where: { $0 > 0x20 }), let last = text.lastIndex(where: { $0 > 0x20 })
            else { return .absent }
            return .text(UnsafeRawBufferPointer(rebasing: text[first...last]))
        case .line(let source):
            guard let text = value(source, record).asText(record.arena), text.last == 0x0A else { return value(source, record) }
            let count = text.count - (text.dropLast().last == 0x0D ? 2 : 1)
            return FieldValue(text: UnsafeRawBufferPointer(rebasing: text[..<count]))
        case .lower(let source):
            guard let text = value(source, record).asText(record.arena) else { return .absent }
            return .text(record.arena.keep(text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }))
        }
    }

    private func mapped(
        _ value: FieldValue, _ values: [String: String], _ otherwise: String?, _ keeps: Bool,
        _ record: borrowing FieldRecord
    ) -> FieldValue {
        if let text = value.asText(record.arena) {
            if let other = values[String(decoding: text, as: UTF8.self)] { return FieldValue(text: record.arena.keep(other)) }
            if keeps { return value }
        } else if let other = values[""] {
            return FieldValue(text: record.arena.keep(other))
        }
        return otherwise.map { FieldValue(text: record.arena.keep($0)) } ?? .absent
    }

    private func concat(_ sources: [FieldSource], _ separator: String, _ record: borrowing FieldRecord) -> FieldValue {
        var bytes: [UInt8] = []
        var isFirst = true
        for source in sources {
            guard let text = value(source, record).asText(record.arena) else { continue }
            if !isFirst { bytes += Array(separator.utf8) }
            isFirst = false
            bytes += text
        }
        return FieldValue(text: record.arena.keep(bytes))
    }

    private func product(_ sources: [FieldSource], _ record: borrowing FieldRecord) -> FieldValue {
        var product = Decimal.one
        var rough = 1.0
        var isExact = true
        for source in sources {
            let value = value(source, record)
            guard let text = value.asText(record.arena) else { return .absent }
            let factor = Decimal(text, point: self.point(of: value))
            if let factor, isExact, let exact = product.multiplied(by: factor) { product = exact } else { isExact = false }
            guard let double = factor?.double ?? Double(String(decoding: text.prefix(400), as: UTF8.self)) else {
                // Text that is not a number stays unchanged, and the attribute reports it.
                return .text(text)
            }
            rough *= double
        }
        if isExact, let whole = product.int64 { return .int64(whole) }
        let text = isExact ? product.text : rough.description
        return .double(isExact ? product.double : rough, text: record.arena.keep(text))
    }

    /// JSON numbers always use a point.
    func point(of value: FieldValue) -> UInt8 {
        if case .text = value { point } else { 0x2E }
    }

    private func cut(
        _ source: FieldSource, at mark: String, _ record: borrowing FieldRecord, isBefore: Bool
    ) -> FieldValue {
        guard let text = value(source, record).asText(record.arena) else { return .absent }
        let mark = Array(mark.utf8)
        guard !mark.isEmpty, text.count >= mark.count,
            let place = (0...(text.count - mark.count)).first(where: { text[$0...].starts(with: mark) })
        else { return isBefore ? .text(text) : .absent }
        let range = isBefore ? 0..<place : (place + mark.count)..<text.count
        return FieldValue(text: UnsafeRawBufferPointer(rebasing: text[range]))
    }
}
