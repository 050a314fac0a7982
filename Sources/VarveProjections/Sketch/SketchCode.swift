internal import Synchronization
internal import VarveEvents

/// Maps numbers to buckets of the quantile sketch.
///
/// The buckets are those of OTLP's exponential histogram at scale 6: bucket i holds base^i < v ≤ base^(i + 1), base = 2^(1/64),
/// so a bucket's middle is within 0.55 % of all its values. A single integer, in numeric order, identifies every bucket of both
/// signs:
///
///     code      −196 607 … −62 335      0        62 335 … 196 607
///     number    −1.8e308 … −4.9e−324    0        4.9e−324 … 1.8e308        code = i + 131 072
///
/// Nearly all measurements are in the *window* 2^−16 < v < 2^48; there a bucket has a 12-bit name, 1 … 4 095, and zero is 0.
enum SketchCode {
    static let offset: Int32 = 131_072
    static let smallest: Int32 = 62_335
    static let largest: Int32 = 196_607
    /// code = window name + this.
    static let windowOffset: Int32 = 130_047
    static let windowSize = 4_096

    /// Per upper 8 bits of a significand, the number of borders at or below the start of that interval, minus one. An interval
    /// contains at most one border, so one more comparison finds the bucket.
    static let firstBorder: [UInt8] = (0..<256).map { interval in
        let start = UInt64(1) << 52 | UInt64(interval) << 44
        return UInt8(PowerTable.borders.filter { $0 <= start }.count - 1)
    }

    /// The code of `value`, which must be finite. O(1), integers only.
    static func code(of value: Double) -> Int32 {
        if value == 0 { return 0 }
        let bits = value.magnitude.bitPattern
        var exponent = Int32(truncatingIfNeeded: bits >> 52)
        var significand = bits & 0xF_FFFF_FFFF_FFFF
        if exponent == 0 {
            let shift = Int32(significand.leadingZeroBitCount) - 11
            significand <<= UInt64(shift)
            exponent = 1 - shift
        } else {
            significand |= 1 << 52
        }
        var border = Int32(firstBorder[Int(significand >> 44) & 0xFF])
        if border < 63, significand > PowerTable.borders[Int(border) + 1] { border += 1 }
        if significand <= PowerTable.borders[Int(border)] { border -= 1 }
        let code = (exponent - 1023) * 64 + border + offset
        return value < 0 ? -code : code
    }

    /// The 12-bit name of a code, if it has one.
    @inline(__always)
    static func window(_ code: Int32) -> UInt16? {
        if code == 0 { return 0 }
        let name = code &- windowOffset
        return name >= 1 && name < Int32(windowSize) ? UInt16(truncatingIfNeeded: name) : nil
    }

    static func code(ofWindow name: UInt16) -> Int32 {
        name == 0 ? 0 : Int32(name) + windowOffset
    }

    /// The geometric middle of the bucket `code`; infinite or zero at the ends of the range, where the caller clamps.
    static func middle(of code: Int32) -> Double {
        if code == 0 { return 0 }
        let index = abs(code) - offset
        let exponent = index >> 6
        let middle = Double(bitPattern: PowerTable.middles[Int(index & 63)])
        let value = Double(sign: .plus, exponent: Int(exponent), significand: middle)
        return code < 0 ? -value : value
    }
}

/// For decimals of one scale, the window names of small mantissas: nearly a millisecond to build, once per process, then one
/// load per value.
struct DecimalWindows: Sendable {
    static let size = 65_536
    /// By mantissa 0 ..< size; `outside` for those without a name.
    let names: [UInt16]
    static let outside: UInt16 = .max

    private static let known = Mutex([DecimalWindows?](repeating: nil, count: decimalPowers.count))

    /// The names for a scale. A concurrent caller waits while another thread computes them.
    static func of(scale: Int) -> DecimalWindows {
        known.withLock { known in
            let names = known[scale] ?? DecimalWindows(scale: scale)
            known[scale] = names
            return names
        }
    }

    private init(scale: Int) {
        let power = decimalPowers[scale]
        names = (0..<Self.size).map { SketchCode.window(SketchCode.code(of: Double($0) / power)) ?? Self.outside }
    }
}
