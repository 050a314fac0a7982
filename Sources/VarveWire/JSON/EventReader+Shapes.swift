internal import VarveEvents

/// Learns the shape of an accepted line for later ones.
extension EventReader {
    /// The maximum number of members of a line with a known shape.
    private static let membersMax = 64

    /// Adds the shape of the event at `index`, which was accepted, to `shapes`, if it is suitable.
    mutating func learn(_ tape: JSONTape, at index: Int, _ shapes: inout LineShapes, _ rows: inout PendingRows) {
        guard tape.memberCount(index) <= Self.membersMax else { return }
        let end = tape.after(index) - 1
        var place = shapes.root
        var seen: Set<KeyField> = []
        var names: Set<[UInt8]> = []
        var at = index + 1
        while at < end {
            let value = at + 1
            let field = envelopeKeys.slots[Int(envelopeKeys.find(tape.strings + tape.payload(at), after: 0))].field
            let isOther = field == .unknown || field == .none
            let isNew = isOther ? names.insert(Array(tape.string(at))).inserted : seen.insert(field).inserted
            guard let role = Self.role(field), isNew, let step = shapes.step(at: place, tape.string(at), role: role)
            else { return }
            if let inside = step.pointee.placeInside {
                guard tape.type(value) == Tag.object,
                    learnData(tape, value, from: inside, closingAt: step.pointee.placeBehind, &names, &shapes, &rows)
                else { return }
            } else {
                guard tape.type(value) != Tag.object, tape.type(value) != Tag.array else { return }
                if isOther { limit(tape, at, step, &rows) } else { Self.limit(field, step, &rows) }
            }
            place = step.pointee.placeBehind
            at = tape.after(value)
        }
        guard seen.contains(.time), seen.contains(.signal) else { return }
        place.pointee.close = shapes.end
    }

    /// The members of `data`. False if they cannot be added.
    private mutating func learnData(
        _ tape: JSONTape, _ index: Int, from inside: UnsafeMutablePointer<ShapePlace>,
        closingAt behind: UnsafeMutablePointer<ShapePlace>, _ seen: inout Set<[UInt8]>, _ shapes: inout LineShapes,
        _ rows: inout PendingRows
    ) -> Bool {
        guard tape.memberCount(index) <= Self.membersMax else { return false }
        let end = tape.after(index) - 1
        var place = inside
        var at = index + 1
        while at < end {
            let value = at + 1
            let name = tape.string(at)
            guard tape.type(value) != Tag.object, tape.type(value) != Tag.array, seen.insert(Array(name)).inserted,
                let step = shapes.step(at: place, name, role: .attribute)
            else { return false }
            limit(tape, at, step, &rows)
            place = step.pointee.placeBehind
            at = tape.after(value)
        }
        place.pointee.close = behind
        return true
    }

    /// The size limit of an attribute's text, and the columns of the types seen.
    private mutating func limit(
        _ tape: JSONTape, _ key: Int, _ step: UnsafeMutablePointer<ShapeStep>, _ rows: inout PendingRows
    ) {
        let slot = attributeKeys.slots + Int(attributeKeys.find(tape.strings + tape.payload(key), after: 0))
        step.pointee.countRange = UInt32(EventLimits.stringBytes)
        switch tape.type(key + 1) {
        case Tag.string: step.pointee.string = rows.column(slot.pointee.string, .string)
        case Tag.int64: step.pointee.int64 = rows.column(slot.pointee.int64, .int64)
        case Tag.double: step.pointee.double = rows.column(slot.pointee.double, .double)
        case Tag.yes, Tag.no: step.pointee.bool = rows.column(slot.pointee.bool, .bool)
        default: break
        }
    }

    private static func role(_ field: KeyField) -> ShapeRole? {
        switch field {
        case .time: .time
        case .signal, .id, .tenant, .component, .session, .user: .envelope
        case .data: .data
        case .none, .unknown, .attribute: .attribute
        case .offset, .observed: nil
        }
    }

    /// The size limits of an envelope's text, and its column.
    private static func limit(_ field: KeyField, _ step: UnsafeMutablePointer<ShapeStep>, _ rows: inout PendingRows) {
        let isName = field == .signal || field == .tenant || field == .id
        step.pointee.countMin = 1
        step.pointee.countRange = UInt32((isName ? min(EventLimits.nameBytes, EventLimits.idBytes) : EventLimits.stringBytes) - 1)
        step.pointee.mayBeEmpty = field != .signal && field != .id && field != .time
        step.pointee.string =
            switch field {
            case .signal: rows.signals
            case .id: rows.column(.id, .string)
            case .tenant: rows.column(.tenant, .string)
            case .component: rows.column(.component, .string)
            case .session: rows.column(.session, .string)
            case .user: rows.column(.user, .string)
            default: nil
            }
    }
}
