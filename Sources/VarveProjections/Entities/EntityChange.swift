/// What happened to a thing: one event, or several in a row that did the same.
struct EntityChange: Hashable, Sendable {
    /// The event times of the first and the last of them.
    var time: Int64
    var last: Int64
    /// Where the first of them stands in the log.
    var offset: UInt64
    var effect: EntityRule.Effect
    /// Whether the event said the status. If not, the thing keeps its own, and `status` is for a thing that begins, or begins
    /// again.
    var isGiven: Bool
    var status: ViewValue

    /// It does nothing, unless the thing begins with it.
    var isBare: Bool { effect == .updates && !isGiven }

    /// Right behind `other` it does nothing.
    func isSame(as other: EntityChange) -> Bool {
        effect == other.effect && isGiven == other.isGiven && status == other.status
    }
}

/// The order of what happened to a thing: by event time, and within one moment by what the event says, never by when it came.
/// What opens goes before what changes, and that before what closes; of two changes the one whose status stands first in `words`,
/// then the one whose status is less.
struct EntityOrder {
    let words: [String]

    /// Whether `left`, at its time `leftTime`, goes before `right` at `rightTime`.
    func precedes(_ left: EntityChange, at leftTime: Int64, _ right: EntityChange, at rightTime: Int64) -> Bool {
        if leftTime != rightTime { return leftTime < rightTime }
        if left.effect != right.effect { return left.effect.rawValue < right.effect.rawValue }
        if left.isGiven != right.isGiven { return !left.isGiven }
        if left.status == right.status { return false }
        let places = (place(left.status), place(right.status))
        if places.0 != places.1 { return places.0 < places.1 }
        return left.status.keyBytes.lexicographicallyPrecedes(right.status.keyBytes)
    }

    private func place(_ status: ViewValue) -> Int {
        guard case .string(let word) = status else { return words.count }
        return words.firstIndex(of: word) ?? words.count
    }
}

extension ViewValue {
    /// The value as a dimension's bytes, whose order is that of the values; a sum, which no event has but a state that was
    /// forged may, goes behind them.
    var keyBytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .decimal, .time, .top: bytes = KeyBytes.other
        case .null, .bool, .int, .double, .string: KeyBytes.append(self, to: &bytes)
        }
        return bytes
    }

    /// A text in lower case: its ASCII letters, so that no version of Unicode's tables is part of a view.
    var lowered: ViewValue {
        guard case .string(let text) = self, text.utf8.contains(where: { $0 >= 65 && $0 <= 90 }) else { return self }
        return .string(String(decoding: text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self))
    }
}
