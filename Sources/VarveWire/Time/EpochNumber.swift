internal import VarveEvents

/// Parses numbers since 1970 digit by digit: `1764300003.123456789`, `1.7643e9`, `1764300003123`. The only parser of such
/// numbers, for every format. It avoids doubles, so no digit changes; digits beyond the nanosecond are truncated, as in RFC
/// 3339 text.
enum EpochNumber {
    enum Reading: Hashable {
        case nanoseconds(Int64)
        /// A number, but out of range for 64-bit nanoseconds.
        case outOfRange
        case notANumber
    }

    /// Parses all of `text` as a number of `unit`. `point` is the decimal separator.
    static func read(_ text: UnsafeRawBufferPointer, unit: TimeUnit, point: UInt8 = 0x2E) -> Reading {
        guard let number = Digits(text, point: point) else { return .notANumber }
        let wanted = number.whole + number.exponent + unit.decimals
        var value: Int64 = 0
        var place = 0
        var digit = number.first
        while place < wanted {
            var next: Int64 = 0
            if digit < number.end {
                if text[digit] == point { digit += 1 }
                if digit < number.end {
                    next = Int64(text[digit] &- 0x30)
                    digit += 1
                }
            } else if value == 0 {
                break
            }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(next)
            guard !overflow, !carry else { return .outOfRange }
            value = sum
            place += 1
        }
        return .nanoseconds(number.isNegative ? -value : value)
    }

    /// Whether `text` is a number at all.
    static func isNumber(_ text: UnsafeRawBufferPointer, point: UInt8 = 0x2E) -> Bool {
        Digits(text, point: point) != nil
    }

    /// The positions of a number's parts.
    private struct Digits {
        var isNegative = false
        /// The position of the first digit; digits and the point extend to `end`.
        var first = 0
        var end = 0
        /// The number of digits before the point.
        var whole = 0
        /// The exponent after `e`, clamped to ±9,999.
        var exponent = 0

        init?(_ text: UnsafeRawBufferPointer, point: UInt8) {
            var at = 0
            if let sign = text.first, sign == 0x2D || sign == 0x2B {
                isNegative = sign == 0x2D
                at = 1
            }
            first = at
            var digits = 0
            var hasPoint = false
            while at < text.count {
                if text[at] &- 0x30 < 10 {
                    digits += 1
                    if !hasPoint { whole += 1 }
                } else if text[at] == point, !hasPoint {
                    hasPoint = true
                } else {
                    break
                }
                at += 1
            }
            end = at
            guard digits > 0 else { return nil }
            guard at < text.count else { return }
            guard text[at] | 0x20 == 0x65 else { return nil }
            at += 1
            var isDown = false
            if at < text.count, text[at] == 0x2D || text[at] == 0x2B {
                isDown = text[at] == 0x2D
                at += 1
            }
            guard at < text.count else { return nil }
            while at < text.count {
                guard text[at] &- 0x30 < 10 else { return nil }
                exponent = min(exponent * 10 + Int(text[at] - 0x30), 9_999)
                at += 1
            }
            if isDown { exponent = -exponent }
        }
    }
}
