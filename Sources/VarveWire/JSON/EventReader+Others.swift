internal import VarveEvents

/// Top-level keys that are not envelope fields, and a `data` that is no object: also attributes.
///
/// An attribute of `data` keeps its name; a top-level key with the same name becomes `top.NAME`.
extension EventReader {
    private static let prefix = Array("top.".utf8)

    @inline(never)
    mutating func readOthers(
        _ tape: JSONTape, _ index: Int, _ envelope: Envelope, _ builder: inout BatchBuilder
    ) -> Problem? {
        let inData = envelope.data == 0 ? 0 : tape.memberCount(envelope.data)
        if envelope.others + inData > WireLimits.attributesPerEvent { return tooManyKeys(envelope.others + inData) }
        if envelope.data == 0 { nextRow() }
        // Keys of `data` are marked with `row`, keys of the top level with the next number.
        row &+= 1
        // In reverse order: if a key occurs twice, the last value counts.
        for at in others(tape, index, envelope).reversed() where tape.type(at + 1) != Tag.null {
            guard let slot = freeSlot(tape.string(at)) else { continue }
            var tokens = 0
            if let problem = set(tape, at + 1, slot, &tokens, &builder) { return problem }
        }
        return nil
    }

    /// The positions of their keys.
    private mutating func others(_ tape: JSONTape, _ index: Int, _ envelope: Envelope) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(envelope.others)
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            switch envelopeKeys.slots[Int(envelopeKeys.find(tape.strings + tape.payload(at), after: 0))].field {
            case .unknown, .none: places.append(at)
            case .data where at == envelope.looseData: places.append(at)
            default: break
            }
            at = tape.after(at + 1)
        }
        return places
    }

    /// The key under which a value is stored; nil for an earlier value of the same key, and for an invalid key.
    private mutating func freeSlot(_ name: UnsafeRawBufferPointer) -> UInt32? {
        guard isName(name) else {
            count(leftOut: "(keys that are no names)")
            return nil
        }
        let slot = slot(of: name)
        switch attributeKeys.slots[Int(slot)].lastRow {
        case row: return nil
        case row &- 1: break
        default:
            attributeKeys.slots[Int(slot)].lastRow = row
            return slot
        }
        let longer = Self.prefix + Array(name)
        return longer.withUnsafeBytes { renamed -> UInt32? in
            let other = isName(renamed) ? self.slot(of: renamed) : 0
            let mark = attributeKeys.slots[Int(other)].lastRow
            guard other != 0, mark != row &- 1 else {
                count(leftOut: String(decoding: name.prefix(EventLimits.nameBytes), as: UTF8.self))
                return nil
            }
            if mark == row { return nil }
            attributeKeys.slots[Int(other)].lastRow = row
            return other
        }
    }

    private mutating func slot(of name: UnsafeRawBufferPointer) -> UInt32 {
        let known = attributeKeys.find(name: name)
        return known == 0 ? attributeKeys.insert(name, field: .attribute) : known
    }

    private mutating func count(leftOut name: String) {
        let isNoted = leftOut[name] != nil || leftOut.count < WireLimits.notedNames
        leftOut[isNoted ? name : "(other keys)", default: 0] += 1
    }
}
