internal import VarveEvents

/// The columns of attributes: those named in a mapping, and unmapped fields.
///
/// An attribute of the mapping keeps its name; an unmapped field with the same name becomes `top.NAME`.
struct AttributeTable: ~Copyable {
    private let rules: [FieldRules.AttributeRule]
    private let point: UInt8
    /// Per rule, how its common values are converted.
    private let kinds: [PlainKind]
    private var keys = KeyTable()
    /// Per rule, its key.
    private var slots: [UInt32] = []
    private var generation = 0
    private var row: UInt32 = 0
    private(set) var leftOut: [String: Int] = [:]
    private static let prefix = Array("top.".utf8)

    init(_ rules: [FieldRules.AttributeRule], point: UInt8) {
        self.rules = rules
        self.point = point
        kinds = rules.map { PlainKind($0) }
    }

    /// Call before each row.
    mutating func begin(generation current: Int) {
        guard generation != current else { return }
        generation = current
        keys.removeAll()
        slots = []
        for rule in rules { slots.append(Array(rule.name.utf8).withUnsafeBytes { slot($0) }) }
    }

    mutating func nextRow() {
        row &+= 1
        // One row uses two consecutive numbers.
        guard row >= .max - 1 else { return }
        for number in 0..<keys.count { keys.slots[number].lastRow = 0 }
        row = 1
    }

    private mutating func slot(_ name: UnsafeRawBufferPointer) -> UInt32 {
        let known = keys.find(name: name)
        return known == 0 ? keys.insert(name, field: .attribute) : known
    }

    /// Sets the attribute of rule `number`.
    mutating func set(
        _ number: Int, _ value: FieldValue, _ arena: TextArena, _ builder: inout BatchBuilder
    ) -> Problem? {
        let slot = slots[number]
        if keys.slots[Int(slot)].lastRow == row { return nil }
        keys.slots[Int(slot)].lastRow = row
        if let plain = kinds[number].value(value, point: point) { return set(slot, plain, &builder) }
        switch AttributeValue(value, rules[number], point: point, arena).result {
        case .success(let value): return set(slot, value, &builder)
        case .failure(let failure): return failure.problem
        }
    }

    mutating func beginRest() { row &+= 1 }

    /// Sets an unmapped field.
    mutating func setRest(
        _ name: UnsafeRawBufferPointer, _ value: FieldValue, _ builder: inout BatchBuilder
    ) -> Problem? {
        guard let slot = freeSlot(name) else { return nil }
        return set(slot, value, &builder)
    }

    private mutating func freeSlot(_ name: UnsafeRawBufferPointer) -> UInt32? {
        guard isName(name) else {
            count(leftOut: "(fields whose names are none)")
            return nil
        }
        let slot = slot(name)
        let mark = keys.slots[Int(slot)].lastRow
        if mark == row { return nil }
        guard mark == row &- 1 else {
            keys.slots[Int(slot)].lastRow = row
            return slot
        }
        let longer = Self.prefix + Array(name)
        let other = longer.withUnsafeBytes { isName($0) ? self.slot($0) : 0 }
        guard other != 0, keys.slots[Int(other)].lastRow < row &- 1 else {
            count(leftOut: String(decoding: name, as: UTF8.self))
            return nil
        }
        keys.slots[Int(other)].lastRow = row
        return other
    }

    /// Counts a field that was not stored.
    mutating func count(leftOut name: String) {
        let isNoted = leftOut[name] != nil || leftOut.count < WireLimits.notedNames
        leftOut[isNoted ? name : "(other fields)", default: 0] += 1
    }

    private mutating func set(_ number: UInt32, _ value: FieldValue, _ builder: inout BatchBuilder) -> Problem? {
        let slot = keys.slots + Int(number)
        func column(_ known: ColumnHandle, _ type: ValueType) -> ColumnHandle {
            known == .id ? builder.handle(ColumnKey(.attribute, slot.pointee.name, type)) : known
        }
        switch value {
        case .absent: break
        case .text(let text):
            guard text.count <= EventLimits.stringBytes else { return tooLong(slot.pointee.name, text.count) }
            slot.pointee.string = column(slot.pointee.string, .string)
            builder.set(slot.pointee.string, string: text)
        case .int64(let number):
            slot.pointee.int64 = column(slot.pointee.int64, .int64)
            builder.set(slot.pointee.int64, int64: number)
        case .double(let number, _):
            guard number.isFinite else {
                return Problem(.notFinite, "\(slot.pointee.name) is not finite", hint: "leave it empty")
            }
            slot.pointee.double = column(slot.pointee.double, .double)
            builder.set(slot.pointee.double, double: number)
        case .bool(let flag):
            slot.pointee.bool = column(slot.pointee.bool, .bool)
            builder.set(slot.pointee.bool, bool: flag)
        case .json(let text):
            guard text.count <= EventLimits.stringBytes else { return tooLong(slot.pointee.name, text.count) }
            slot.pointee.json = column(slot.pointee.json, .json)
            builder.set(slot.pointee.json, string: text)
        }
        return nil
    }
}
