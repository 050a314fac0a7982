extension Value {
    /// −1, 0 or 1 if `left` is less than, equal to or greater than `right`; nil when they cannot be compared. Numbers compare
    /// exactly by value whatever their type, texts by their UTF-8 bytes.
    public static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.int64(let left), .int64(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.double(let left), .double(let right)): order(left, right)
        case (.int64(let left), .double(let right)): order(left, right)
        case (.double(let left), .int64(let right)): order(right, left).map { -$0 }
        case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
        case (.string(let left), .string(let right)), (.json(let left), .json(let right)),
            (.string(let left), .json(let right)), (.json(let left), .string(let right)):
            left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        default: nil
        }
    }

    private static func order(_ left: Double, _ right: Double) -> Int? {
        left < right ? -1 : left > right ? 1 : left == right ? 0 : nil
    }

    /// Exact: the integer is not rounded to a double first.
    private static func order(_ left: Int64, _ right: Double) -> Int? {
        if right.isNaN { return nil }
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = Int64(right.rounded(.down))
        if left != whole { return left < whole ? -1 : 1 }
        return right > Double(whole) ? -1 : 0
    }
}
