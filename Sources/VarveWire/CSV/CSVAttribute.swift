internal import VarveEvents

/// One attribute of a mapping, bound to a column of the file and a column of the builder.
struct CSVAttribute {
    private let name: String
    private let type: CSVMapping.FieldType
    private let scale: Decimal?
    let column: Int
    private var handle = ColumnHandle.id

    init(_ mapping: CSVMapping.AttributeMapping, column: Int) {
        name = mapping.name
        type = mapping.type
        scale = mapping.scale
        self.column = column
    }

    mutating func makeColumn(_ builder: inout BatchBuilder) {
        let valueType: ValueType =
            switch type {
            case .string: .string
            case .int: .int64
            case .double: .double
            case .bool: .bool
            }
        handle = builder.handle(ColumnKey(.attribute, name, valueType))
    }

    /// Sets the value that `text`, which is not empty, stands for.
    func set(_ text: UnsafeRawBufferPointer, _ builder: inout BatchBuilder) -> Problem? {
        switch type {
        case .string:
            guard text.count <= EventLimits.stringBytes else { return tooLong(name, text.count) }
            builder.set(handle, string: text)
        case .int:
            guard let value = scaled(text)?.int64 ?? smallest(text) else { return wrong(text, "an integer of 64 bits") }
            builder.set(handle, int64: value)
        case .double:
            guard let value = scaled(text)?.double ?? slowDouble(text) else { return wrong(text, "a number") }
            guard value.isFinite else { return Problem(.notFinite, "\(name) is not finite", hint: "leave the field empty") }
            builder.set(handle, double: value)
        case .bool:
            guard let value = bool(text) else { return wrong(text, "true, false, 1 or 0") }
            builder.set(handle, bool: value)
        }
        return nil
    }

    private func scaled(_ text: UnsafeRawBufferPointer) -> Decimal? {
        guard let number = Decimal(text) else { return nil }
        guard let scale else { return number }
        return number.multiplied(by: scale)
    }

    /// The one integer whose magnitude does not fit its own type.
    private func smallest(_ text: UnsafeRawBufferPointer) -> Int64? {
        scale == nil && text.elementsEqual("-9223372036854775808".utf8) ? .min : nil
    }

    /// Numbers with more digits than `Decimal` takes.
    private func slowDouble(_ text: UnsafeRawBufferPointer) -> Double? {
        guard text.count <= 400, let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        return value * (scale?.double ?? 1)
    }

    private func bool(_ text: UnsafeRawBufferPointer) -> Bool? {
        switch String(decoding: text.prefix(8), as: UTF8.self).lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    private func wrong(_ text: UnsafeRawBufferPointer, _ wanted: String) -> Problem {
        let shown = String(decoding: text.prefix(40), as: UTF8.self)
        if type == .int, text.count > 17, text.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }) {
            return Problem(.integerOutOfRange, "\(name) is \"\(shown)\", beyond 64 bits")
        }
        return Problem(.wrongType, "\(name) is \"\(shown)\", not \(wanted)")
    }
}
