internal import VarveEvents

/// The attributes.
extension EventReader {
    mutating func readData(
        _ tape: JSONTape, _ time: Int64, _ envelope: inout Envelope, _ builder: inout BatchBuilder
    ) -> Problem? {
        let index = envelope.data
        let members = tape.memberCount(index)
        if members > WireLimits.attributesPerEvent { return tooManyKeys(members) }
        envelope.tokens += 1 + 3 * members + max(members - 1, 0)
        let end = tape.after(index) - 1
        nextRow()
        var at = index + 1
        var slot: UInt32 = 0
        while at < end {
            let value = at + 1
            slot = attributeKeys.find(tape.strings + tape.payload(at), after: slot)
            if slot == 0 {
                guard isName(tape.string(at)) else { return badName("an attribute's name", tape.string(at).count) }
                if tape.type(value) != Tag.null { slot = attributeKeys.insert(tape.string(at), field: .attribute) }
            }
            if slot != 0 {
                if attributeKeys.slots[Int(slot)].lastRow == row { return readRepeated(tape, time, &envelope, &builder) }
                attributeKeys.slots[Int(slot)].lastRow = row
                if let problem = set(tape, value, slot, &envelope.tokens, &builder) { return problem }
            } else if tape.type(value) == Tag.object || tape.type(value) == Tag.array {
                envelope.tokens += tape.tokenCount(of: value) - 1
            }
            at = tape.after(value)
        }
        return nil
    }

    mutating func nextRow() {
        row &+= 1
        // One event uses two consecutive numbers.
        guard row >= .max - 1 else { return }
        for number in 0..<attributeKeys.count { attributeKeys.slots[number].lastRow = 0 }
        row = 1
    }

    @inline(__always)
    mutating func set(
        _ tape: JSONTape, _ value: Int, _ number: UInt32, _ tokens: inout Int, _ builder: inout BatchBuilder
    ) -> Problem? {
        let slot = attributeKeys.slots + Int(number)
        switch tape.type(value) {
        case Tag.string:
            let text = tape.string(value)
            guard text.count <= EventLimits.stringBytes else { return tooLong("data.\(slot.pointee.name)", text.count) }
            if slot.pointee.string == .id { slot.pointee.string = column(slot.pointee.name, .string, &builder) }
            builder.set(slot.pointee.string, string: text)
        case Tag.int64:
            if slot.pointee.int64 == .id { slot.pointee.int64 = column(slot.pointee.name, .int64, &builder) }
            builder.set(slot.pointee.int64, int64: tape.int64(value))
        case Tag.double:
            if slot.pointee.double == .id { slot.pointee.double = column(slot.pointee.name, .double, &builder) }
            builder.set(slot.pointee.double, double: tape.double(value))
        case Tag.yes, Tag.no:
            if slot.pointee.bool == .id { slot.pointee.bool = column(slot.pointee.name, .bool, &builder) }
            builder.set(slot.pointee.bool, bool: tape.type(value) == Tag.yes)
        case Tag.null:
            break
        case Tag.uint64:
            return Problem(
                .integerOutOfRange, "data.\(slot.pointee.name) is \(tape.words[value + 1]), beyond 9223372036854775807",
                hint: "write it as text, or with a fraction")
        default:
            var json = JSONWriter()
            json.value(tape, value)
            tokens += tape.tokenCount(of: value) - 1
            guard json.bytes.count <= EventLimits.stringBytes else {
                return tooLong("data.\(slot.pointee.name)", json.bytes.count)
            }
            if slot.pointee.json == .id { slot.pointee.json = column(slot.pointee.name, .json, &builder) }
            json.bytes.withUnsafeBytes { builder.set(slot.pointee.json, string: $0) }
        }
        return nil
    }

    private func column(_ name: String, _ type: ValueType, _ builder: inout BatchBuilder) -> ColumnHandle {
        builder.handle(ColumnKey(.attribute, name, type))
    }

    /// A key occurs twice in `data`. The row is begun again with only the last value of each key.
    private mutating func readRepeated(
        _ tape: JSONTape, _ time: Int64, _ envelope: inout Envelope, _ builder: inout BatchBuilder
    ) -> Problem? {
        let index = envelope.data
        builder.discardRow()
        beginRow(tape, envelope, time, &builder)
        envelope.tokens = 0
        var last: [[UInt8]: Int] = [:]
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            last[Array(tape.string(at))] = at
            at = tape.after(at + 1)
        }
        for (name, at) in last.sorted(by: { $0.value < $1.value }) where tape.type(at + 1) != Tag.null {
            let problem = name.withUnsafeBytes { utf8 -> Problem? in
                guard isName(utf8) else { return badName("an attribute's name", utf8.count) }
                var slot = attributeKeys.find(tape.strings + tape.payload(at), after: 0)
                if slot == 0 { slot = attributeKeys.insert(utf8, field: .attribute) }
                attributeKeys.slots[Int(slot)].lastRow = row
                return set(tape, at + 1, slot, &envelope.tokens, &builder)
            }
            if let problem { return problem }
        }
        envelope.tokens = -1
        return nil
    }
}

func tooManyKeys(_ count: Int) -> Problem {
    Problem(.tooManyAttributes, "the event has \(count) keys, \(WireLimits.attributesPerEvent) are allowed")
}
