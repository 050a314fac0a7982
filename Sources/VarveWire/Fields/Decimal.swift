/// A decimal number as written: `mantissa` × 10^`exponent`. Scaling is exact, which the product of two doubles is not: 11209 ×
/// 0.001 is 11.209, not 11.209000000000001.
struct Decimal: Hashable, Sendable {
    var mantissa: Int64
    var exponent: Int

    static let one = Decimal(mantissa: 1, exponent: 0)

    init(mantissa: Int64, exponent: Int) {
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// Parses `-12.50e3`; nil if it is not a number, its digits do not fit 63 bits, or its exponent exceeds 400.
    init?(_ text: UnsafeRawBufferPointer, point: UInt8 = 0x2E) {
        var index = 0
        let isNegative = text.first == 0x2D
        if isNegative || text.first == 0x2B { index = 1 }
        var value: Int64 = 0
        var digits = 0
        var exponent = 0
        var hasPoint = false
        while index < text.count {
            let byte = text[index]
            if byte &- 0x30 < 10 {
                let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = tenfold.addingReportingOverflow(Int64(byte - 0x30))
                guard !overflow, !carry else { return nil }
                value = sum
                digits += 1
                if hasPoint { exponent -= 1 }
            } else if byte == point, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < text.count {
            guard text[index] | 0x20 == 0x65,
                let written = Int(String(decoding: text[(index + 1)...], as: UTF8.self)), written.magnitude <= 400
            else { return nil }
            exponent += written
        }
        self.init(mantissa: isNegative ? -value : value, exponent: exponent)
    }

    /// The exact product; nil if it has too many digits.
    func multiplied(by other: Decimal) -> Decimal? {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
        return overflow ? nil : Decimal(mantissa: product, exponent: exponent + other.exponent)
    }

    /// The nearest double; infinite if out of range.
    var double: Double {
        // Both operands are exact doubles here, so one division or product is correctly rounded.
        if mantissa.magnitude <= 1 << 53, abs(exponent) <= 22 {
            let power = Self.powers[abs(exponent)]
            return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        }
        return Double("\(mantissa)e\(exponent)") ?? .infinity
    }

    /// `12.5`, as digits and a power of ten.
    var text: String { exponent == 0 ? String(mantissa) : "\(mantissa)e\(exponent)" }

    /// The integer value; nil if it has a fraction or does not fit.
    var int64: Int64? {
        var value = mantissa
        var left = exponent
        while left < 0, value != 0 {
            let (quotient, rest) = value.quotientAndRemainder(dividingBy: 10)
            guard rest == 0 else { return nil }
            value = quotient
            left += 1
        }
        while left > 0, value != 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            left -= 1
        }
        return value
    }

    private static let powers: [Double] = (0...22).map { Double("1e\($0)")! }
}
