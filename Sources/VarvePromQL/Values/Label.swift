/// A name and its value. Equal are those of the same bytes: Swift's own comparison of texts takes canonical equivalents for one.
public struct Label: Hashable, Comparable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The label that holds a series' name.
    public static let metricName = "__name__"

    public static func == (left: Label, right: Label) -> Bool {
        left.name.hasSameBytes(right.name) && left.value.hasSameBytes(right.value)
    }

    /// By the bytes of the name, then of the value.
    public static func < (left: Label, right: Label) -> Bool {
        let names = left.name.compareBytes(right.name)
        return names != 0 ? names < 0 : left.value.compareBytes(right.value) < 0
    }

    /// Whether `name` may name a label.
    public static func isValidName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isNameStart else { return false }
        return name.utf8.allSatisfy { $0.isNameStart || $0.isDigit }
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isNameStart: Bool { self == 0x5F || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) }
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

extension String {
    func hasSameBytes(_ other: String) -> Bool {
        // Canonical equivalents are equal too, so bytes need a look only where Swift says yes and the text is not plain ASCII.
        guard self == other else { return false }
        return utf8.count == other.utf8.count && (utf8.count < 2 || compareBytes(other) == 0)
    }

    /// Below, at or above zero, by the first byte that differs; a prefix comes first.
    func compareBytes(_ other: String) -> Int {
        let direct = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs -> Int in
                for index in 0..<Swift.min(mine.count, theirs.count) where mine[index] != theirs[index] {
                    return Int(mine[index]) - Int(theirs[index])
                }
                return mine.count - theirs.count
            }
        }
        if let order = direct ?? nil { return order }
        return utf8.lexicographicallyPrecedes(other.utf8) ? -1 : utf8.elementsEqual(other.utf8) ? 0 : 1
    }
}
