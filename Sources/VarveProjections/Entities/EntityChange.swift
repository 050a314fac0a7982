/// A change of a thing: one event, or several adjacent ones with the same effect.
struct EntityChange: Hashable, Sendable {
    /// The event times of the first and the last of them.
    var time: Int64
    var last: Int64
    /// The offset of the first of them.
    var offset: UInt64
    var effect: EntityRule.Effect
    /// Whether the event set the status. If not, the thing keeps its own, and `status` applies only if the thing is opened or
    /// reopened.
    var isGiven: Bool
    var status: ViewValue

    /// Whether it has no effect unless the thing begins with it.
    var isBare: Bool { effect == .updates && !isGiven }

    /// Whether it has no effect directly after `other`.
    func isSame(as other: EntityChange) -> Bool {
        effect == other.effect && isGiven == other.isGiven && status == other.status
    }
}

/// The order of a thing's changes: by event time, then by content, never by arrival. Openings come before updates and updates
/// before closings; of two updates the one whose status is first in `words`, then the one whose status is smaller.
struct EntityOrder {
    let words: [String]

    /// Whether `left`, at its time `leftTime`, comes before `right` at `rightTime`.
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
    /// The value as key bytes, whose order is the order of the values. Sums, which occur only in forged states, are ordered
    /// last.
    var keyBytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .decimal, .time, .top: bytes = KeyBytes.other
        case .null, .bool, .int, .double, .string: KeyBytes.append(self, to: &bytes)
        }
        return bytes
    }

    /// The text with ASCII letters in lower case, so that views do not depend on a version of Unicode's tables.
    var lowered: ViewValue {
        guard case .string(let text) = self, text.utf8.contains(where: { $0 >= 65 && $0 <= 90 }) else { return self }
        return .string(String(decoding: text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self))
    }
}
