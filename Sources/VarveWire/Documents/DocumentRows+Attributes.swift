internal import VarveEvents

/// Fields named by the document.
extension DocumentRows {
    /// A field shared by many events, with its name and value from the document.
    struct Shared {
        var name: UnsafeRawBufferPointer
        var value: Value
        fileprivate var slot: UInt32
    }

    /// Sets an attribute under its own name, or, if the row already has that name, under `prefix` and the name. If a name
    /// occurs more than once under both, the first value counts.
    mutating func attribute(_ name: UnsafeRawBufferPointer, _ value: Value, prefix: StaticString = "attributes.") {
        guard let slot = known(name) else { return }
        previousKey = slot
        stage(slot, name, value, prefix)
    }

    mutating func attribute(_ field: Shared, prefix: StaticString) {
        stage(field.slot, field.name, field.value, prefix)
    }

    /// Prepares an attribute of many rows; nil if its name is invalid.
    mutating func shared(_ name: UnsafeRawBufferPointer, _ value: Value) -> Shared? {
        known(name).map { Shared(name: name, value: value, slot: $0) }
    }

    @inline(__always)
    private mutating func stage(_ slot: UInt32, _ name: UnsafeRawBufferPointer, _ value: Value, _ prefix: StaticString) {
        if keys.slots[Int(slot)].lastRow != row {
            keys.slots[Int(slot)].lastRow = row
            staged.append(Staged(slot: slot, value: value))
        } else {
            stageLonger(name, value, prefix)
        }
    }

    @inline(never)
    private mutating func stageLonger(_ name: UnsafeRawBufferPointer, _ value: Value, _ prefix: StaticString) {
        let longer = Array(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)) + name
        let slot = longer.withUnsafeBytes { isName($0) ? self.slot($0) : 0 }
        guard slot != 0, keys.slots[Int(slot)].lastRow != row else {
            passed += 1
            return note(String(decoding: name.prefix(64), as: UTF8.self))
        }
        keys.slots[Int(slot)].lastRow = row
        staged.append(Staged(slot: slot, value: value))
    }

    /// Counts data that was dropped from an event without refusing it.
    mutating func note(_ what: String) {
        let isNoted = leftOut[what] != nil || leftOut.count < WireLimits.notedNames
        leftOut[isNoted ? what : "(other fields)", default: 0] += 1
    }

    /// The slot of a name; nil if it is not a valid attribute name.
    @inline(__always)
    private mutating func known(_ name: UnsafeRawBufferPointer) -> UInt32? {
        guard name.count <= EventLimits.nameBytes else { return added(name) }
        let found = keys.find(name: name, after: previousKey)
        return found != 0 ? found : added(name)
    }

    @inline(never)
    private mutating func added(_ name: UnsafeRawBufferPointer) -> UInt32? {
        guard isName(name), isUTF8(name) else {
            passed += 1
            note("(fields whose names are none)")
            return nil
        }
        return keys.insert(name, field: .attribute)
    }

    mutating func slot(_ name: UnsafeRawBufferPointer) -> UInt32 {
        let found = keys.find(name: name)
        return found != 0 ? found : keys.insert(name, field: .attribute)
    }

    /// A text from outside as a value; if it is not UTF-8, nil, and the row is refused.
    @inline(__always)
    mutating func text(_ bytes: UnsafeRawBufferPointer) -> Value? {
        // One that is too long is refused for that, and not looked through for every record that shares it.
        if bytes.count > EventLimits.stringBytes || isUTF8(bytes) { return .text(bytes) }
        refuse(Problem(.invalidUTF8, "a text is not UTF-8"))
        return nil
    }

    /// The hexadecimal digits of `bytes`.
    func hex(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let room = arena.room(2 * bytes.count)
        writeHex(bytes, into: room)
        return UnsafeRawBufferPointer(room)
    }
}

/// Writes the hexadecimal digits of `bytes` to the beginning of `room`, which must be at least twice as long.
func writeHex(_ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) {
    for (place, byte) in bytes.enumerated() {
        for (half, digit) in [byte >> 4, byte & 15].enumerated() {
            room[2 * place + half] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }
}
