/// Parses common JSON numbers eight characters at a time: integers of up to 18 digits, and decimals with so few digits that
/// both mantissa and power of ten are exact doubles, whose quotient is then the nearest double by IEEE 754 (Clinger, "How to
/// Read Floating Point Numbers Accurately", 1990). All other numbers (exponents, long mantissas) are left to simdjson.
enum NumberText {
    enum Value {
        case int64(Int64)
        case double(Double)
        /// Not a number, or not a common one.
        case other
    }

    /// The integer value of `text`, of `count` bytes. Up to seven bytes after it are read and ignored.
    @inline(__always)
    static func parse(_ text: UnsafePointer<UInt8>, count: Int) -> Value {
        let isNegative = text[0] == UInt8(ascii: "-")
        let digits = isNegative ? text + 1 : text
        let count = isNegative ? count &- 1 : count
        guard count > 0 else { return .other }
        if digits[0] == UInt8(ascii: "0"), count > 1, digits[1] != UInt8(ascii: ".") { return .other }
        if let whole = integer(digits, count: count) { return .int64(isNegative ? 0 &- whole : whole) }
        guard let (mantissa, scale) = decimal(digits, count: count) else { return .other }
        let value = Double(mantissa) / Double(power(scale))
        return .double(isNegative ? -value : value)
    }

    /// 1 to 18 digits.
    @inline(__always)
    static func integer(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
        if count <= 8 { return digits(word(text), count: count) }
        guard count <= 16 else { return longInteger(text, count: count) }
        guard let high = digits(word(text), count: 8), let low = digits(word(text + 8), count: count &- 8) else { return nil }
        return high &* power(count &- 8) &+ low
    }

    @inline(never)
    private static func longInteger(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
        guard count <= 18, let high = integer(text, count: 16), let low = digits(word(text + 16), count: count &- 16)
        else { return nil }
        return high &* power(count &- 16) &+ low
    }

    /// Digits, a point, digits: at most 15 digits. Returns the mantissa without the point, and the number of digits after it.
    @inline(__always)
    private static func decimal(_ text: UnsafePointer<UInt8>, count: Int) -> (mantissa: Int64, scale: Int)? {
        guard count <= 8 else { return longDecimal(text, count: count) }
        let word = word(text)
        let dots = word ^ 0x2E2E_2E2E_2E2E_2E2E
        let found = (dots &- 0x0101_0101_0101_0101) & ~dots & 0x8080_8080_8080_8080
        let dot = found.trailingZeroBitCount &>> 3
        guard dot > 0, dot &+ 1 < count else { return nil }
        let before = (UInt64(1) &<< UInt64(8 &* dot)) &- 1
        guard let mantissa = digits(word & before | word &>> 8 & ~before, count: count &- 1) else { return nil }
        return (mantissa, count &- dot &- 1)
    }

    @inline(never)
    private static func longDecimal(_ text: UnsafePointer<UInt8>, count: Int) -> (mantissa: Int64, scale: Int)? {
        guard count <= 16 else { return nil }
        var mantissa: Int64 = 0
        var scale: Int?
        for place in 0..<count {
            let digit = text[place] &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ Int64(digit)
            } else {
                guard text[place] == UInt8(ascii: "."), scale == nil, place > 0, place < count &- 1 else { return nil }
                scale = count &- place &- 1
            }
        }
        return scale.map { (mantissa, $0) }
    }

    @inline(__always)
    private static func word(_ text: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    }

    /// The number in the first 1 ... 8 characters of `word`; nil if one of them is not a digit.
    @inline(__always)
    private static func digits(_ word: UInt64, count: Int) -> Int64? {
        // Leading zeros replace the bytes after the number.
        let zeros: UInt64 = 0x3030_3030_3030_3030
        let shift = UInt64(8 &* (8 &- count))
        let padded = word &<< shift | ~(~0 &<< shift) & zeros
        let values = padded &- zeros
        guard (padded &+ 0x4646_4646_4646_4646 | values) & 0x8080_8080_8080_8080 == 0 else { return nil }
        // Pairs, then fours, then all eight.
        let pairs = values &* 10 &+ values &>> 8
        let low = pairs & 0x0000_00FF_0000_00FF &* 0x000F_4240_0000_0064
        let high = pairs &>> 16 & 0x0000_00FF_0000_00FF &* 0x0000_2710_0000_0001
        return Int64(truncatingIfNeeded: (low &+ high) &>> 32)
    }

    /// 10 to the power of 0 ... 15. The compiler turns it into a table, which unlike a static array needs no initialisation
    /// check.
    @inline(__always)
    private static func power(_ exponent: Int) -> Int64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        default: 1_000_000_000_000_000
        }
    }
}
