/// A stream of random numbers that depends only on its seed: xoshiro256++, seeded through SplitMix64.
///
/// Our own implementation, because the same seed must give the same traffic on every platform and with every toolchain.
struct RandomStream: Sendable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(seed: UInt64) {
        a = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        b = Self.mixed(seed &+ 0x3C6E_F372_FE94_F82A)
        c = Self.mixed(seed &+ 0xDAA6_6D2C_7DDF_743F)
        d = Self.mixed(seed &+ 0x78DD_E6E5_FD29_F054)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        let sum = a &+ d
        let result = (sum << 23 | sum >> 41) &+ a
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d << 45 | d >> 19
        return result
    }

    /// Uniform in 0 ..< `bound`, which is at most 2³².
    @inline(__always)
    mutating func below(_ bound: UInt64) -> UInt64 {
        ((next() >> 32) &* bound) >> 32
    }

    /// True `perMille` times out of 1,000.
    @inline(__always)
    mutating func chance(perMille: UInt64) -> Bool {
        below(1_000) < perMille
    }

    /// Mixes a number into another one (the finalizer of SplitMix64).
    @inline(__always)
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// Draws an index with given weights in constant time (Walker's alias method).
struct WeightedChoice: Sendable {
    private var keep: [UInt32]
    private var other: [UInt32]

    init(weights: [Double]) {
        precondition(!weights.isEmpty && weights.count < 1 << 31, "\(weights.count) weights")
        let mean = weights.reduce(0, +) / Double(weights.count)
        var share = weights.map { $0 / mean }
        keep = [UInt32](repeating: .max, count: weights.count)
        other = weights.indices.map { UInt32($0) }
        var small = share.indices.filter { share[$0] < 1 }
        var large = share.indices.filter { share[$0] >= 1 }
        while let low = small.popLast(), let high = large.last {
            keep[low] = UInt32(share[low] * 4_294_967_295)
            other[low] = UInt32(high)
            share[high] -= 1 - share[low]
            if share[high] < 1 { small.append(large.removeLast()) }
        }
    }

    @inline(__always)
    func draw(_ random: inout RandomStream) -> Int {
        let bits = random.next()
        let index = Int(((bits >> 32) &* UInt64(keep.count)) >> 32)
        return UInt32(truncatingIfNeeded: bits) <= keep[index] ? index : Int(other[index])
    }
}
