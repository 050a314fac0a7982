internal import VarveEvents

/// The value of one attribute of a thing, whatever the order in which its events come.
struct EntityRegister: Hashable, Sendable {
    var value: ViewValue = .null
    /// When the event that it is of was, and where that stands within its moment; of the first and the last one.
    var time: Int64 = 0
    var rank: UInt8 = 0
    /// Values that a sum could not take.
    var leftOut: Int64 = 0

    /// Takes the value `new` of an event that had `effect` at `moment`.
    mutating func take(_ new: ViewValue, _ choice: EntityAttribute.Choice, at moment: Int64, _ effect: EntityRule.Effect) {
        if new == .null { return }
        switch choice {
        case .first, .last:
            let new = new.cut
            if value != .null {
                if (moment, effect.rawValue) == (time, rank) {
                    let isLess = new.keyBytes.lexicographicallyPrecedes(value.keyBytes)
                    guard choice == .first ? isLess : !isLess else { return }
                } else {
                    let isEarlier = (moment, effect.rawValue) < (time, rank)
                    guard choice == .first ? isEarlier : !isEarlier else { return }
                }
            }
            (value, time, rank) = (new, moment, effect.rawValue)
        case .least, .greatest:
            value = choice.chosen(value, new)
        case .sum:
            if new.micros == nil { leftOut &+= 1 }
            value = choice.chosen(value, new)
        }
    }
}
