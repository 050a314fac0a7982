/// Division by a constant that leaves no remainder, as a shift and a multiplication with the inverse of the odd part modulo 2⁶⁴,
/// and the test whether it leaves one (Granlund and Montgomery, "Division by Invariant Integers using Multiplication", 1994).
/// A division instruction costs ten times as much, and every time of every event is divided.
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
        // Newton's iteration doubles the right bits each time: 3, 6, 12, 24, 48, 96.
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        self.inverse = inverse
        quotientMax = Int64.max / odd
    }

    /// The quotient of a multiple of the divisor.
    @inline(__always)
    func quotient(_ value: Int64) -> Int64 {
        (value &>> shift) &* inverse
    }

    /// If the product with the inverse is small enough to be multiplied back, it is the quotient; else there is a remainder.
    @inline(__always)
    func divides(_ value: Int64) -> Bool {
        let quotient = quotient(value)
        return value & lowBits == 0 && quotient <= quotientMax && quotient >= -quotientMax
    }
}
