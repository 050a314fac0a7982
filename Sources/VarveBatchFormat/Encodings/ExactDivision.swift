/// Exact division by a constant, as a shift and a multiplication with the inverse of the odd part modulo 2⁶⁴, and a
/// divisibility test (Granlund and Montgomery, "Division by Invariant Integers using Multiplication", 1994). A division
/// instruction would cost ten times as much, and every time of every event is divided.
struct ExactDivision {
    private let shift: Int64
    private let lowBits: Int64
    private let inverse: Int64
    private let quotientMax: Int64

    init(by divisor: Int64) {
        precondition(divisor > 0, "a divisor of \(divisor)")
        shift = Int64(divisor.trailingZeroBitCount)
        lowBits = (1 << shift) - 1
        let odd = divisor >> shift
        // Newton's iteration doubles the number of correct bits: 3, 6, 12, 24, 48, 96.
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        self.inverse = inverse
        quotientMax = Int64.max / odd
    }

    /// The quotient; `value` must be a multiple of the divisor.
    @inline(__always)
    func quotient(_ value: Int64) -> Int64 {
        (value &>> shift) &* inverse
    }

    /// Whether the divisor divides `value`: if so, the product with the inverse is the quotient and small enough to multiply
    /// back.
    @inline(__always)
    func divides(_ value: Int64) -> Bool {
        let quotient = quotient(value)
        return value & lowBits == 0 && quotient <= quotientMax && quotient >= -quotientMax
    }
}
