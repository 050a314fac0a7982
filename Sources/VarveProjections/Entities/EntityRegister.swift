internal import VarveEvents

/// The value of one attribute of a thing, independent of the order of its events.
struct EntityRegister: Hashable, Sendable {
    var value: ViewValue = .null
    /// The time of the value's event, and its rank among events of that time; for the first and the last one.
    var time: Int64 = 0
    var rank: UInt8 = 0
    /// The number of values left out of a sum.
    var leftOut: Int64 = 0

    /// Updates the value with `new`, from an event with `effect` at `moment`.
    mutating func take(_ new: ViewValue, _ choice: EntityAttribute.Choice, at moment: Int64, _ effect: EntityRule.Effect) {
        if new == .null { return }
        switch choice {
        case .first, .last:
            let new = new.cut
            if value != .null {
                let other = EntityRegister(value: new, time: moment, rank: effect.rawValue)
                guard choice == .first ? other.precedes(self) : !other.precedes(self) else { return }
            }
            (value, time, rank) = (new, moment, effect.rawValue)
        case .least, .greatest:
            value = choice.chosen(value, new)
        case .sum:
            if new.micros == nil { leftOut &+= 1 }
            value = choice.chosen(value, new)
        }
    }

    /// Merges another register of the same attribute.
    mutating func merge(_ other: EntityRegister, _ choice: EntityAttribute.Choice) {
        leftOut &+= other.leftOut
        if other.value == .null { return }
        if value == .null {
            (value, time, rank) = (other.value, other.time, other.rank)
            return
        }
        switch choice {
        case .first: if other.precedes(self) { (value, time, rank) = (other.value, other.time, other.rank) }
        case .last: if precedes(other) { (value, time, rank) = (other.value, other.time, other.rank) }
        case .least, .greatest: value = choice.chosen(value, other.value)
        case .sum:
            guard case .decimal(let own) = value, case .decimal(let added) = other.value else { return }
            value = .decimal(micros: own &+ added)
        }
    }

    /// By time, then rank, then value.
    private func precedes(_ other: EntityRegister) -> Bool {
        if (time, rank) != (other.time, other.rank) { return (time, rank) < (other.time, other.rank) }
        return value.keyBytes.lexicographicallyPrecedes(other.value.keyBytes)
    }
}

extension StateWriter {
    mutating func register(_ register: EntityRegister) {
        value(register.value)
        fixed(register.time)
        fixed(register.rank)
        leb(UInt64(bitPattern: register.leftOut))
    }
}

extension StateReader {
    mutating func register() throws(StateError) -> EntityRegister {
        EntityRegister(
            value: try value(), time: try fixed(Int64.self), rank: try fixed(UInt8.self),
            leftOut: Int64(bitPattern: try leb()))
    }
}
