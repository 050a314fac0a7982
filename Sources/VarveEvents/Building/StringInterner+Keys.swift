/// Keys by which strings are compared.
extension StringInterner {
    /// Identifies a short string completely and a long one nearly.
    struct Key: BitwiseCopyable {
        var length: Int
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var last: UInt64 = 0

        /// The longest string that its key holds completely; longer ones are also compared in the table.
        static let wholeMax = 32

        @inline(__always)
        static func == (left: Key, right: Key) -> Bool {
            let low = (left.first ^ right.first) | (left.second ^ right.second)
            let high = (left.third ^ right.third) | (left.last ^ right.last)
            return low | high == 0 && left.length == right.length
        }
    }

    @inline(__always)
    func key(_ utf8: UnsafeRawBufferPointer) -> Key {
        utf8.count <= Key.wholeMax ? Self.shortKey(utf8) : longKey(utf8)
    }

    /// The key of a string of at most `Key.wholeMax` bytes, which holds all of it.
    @inline(__always)
    static func shortKey(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count >= 8, let start = utf8.baseAddress else { return tinyKey(utf8) }
        var key = Key(length: count)
        key.first = start.loadUnaligned(as: UInt64.self)
        key.second = start.loadUnaligned(fromByteOffset: min(8, count &- 8), as: UInt64.self)
        key.third = start.loadUnaligned(fromByteOffset: max(16, count) &- 16, as: UInt64.self)
        key.last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return key
    }

    @inline(__always)
    private static func tinyKey(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count > 0, let start = utf8.baseAddress else { return Key(length: 0) }
        if count >= 4 {
            let low = start.loadUnaligned(as: UInt32.self)
            let high = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return Key(length: count, first: UInt64(low) | UInt64(high) &<< 32)
        }
        // One to three bytes: first, middle and last byte cover all of them.
        let head = UInt64(utf8[0]) | UInt64(utf8[count >> 1]) << 8 | UInt64(utf8[count &- 1]) << 16
        return Key(length: count, first: head)
    }

    /// The first and last sixteen bytes, with the bytes in between folded in together with secret words. Without these, a
    /// middle of zeros or of a certain constant would cancel everything folded before.
    @inline(never)
    private func longKey(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count > Key.wholeMax, let start = utf8.baseAddress else { return Self.shortKey(utf8) }
        var key = Key(length: count)
        key.first = start.loadUnaligned(as: UInt64.self)
        key.second = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        key.third = start.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
        key.last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        var middle = 16
        while middle &+ 16 < count {
            let word = start.loadUnaligned(fromByteOffset: middle, as: UInt64.self)
            key.second = Self.fold(key.second ^ seed.words[4], word ^ seed.words[5])
            middle &+= 8
        }
        return key
    }

    /// Calls `body` with the string held by `key`.
    static func withText(_ key: Key, _ body: (UnsafeRawBufferPointer) -> Void) {
        let count = key.length
        withUnsafeTemporaryAllocation(byteCount: Key.wholeMax, alignment: 8) { text in
            if count >= 8 {
                text.storeBytes(of: key.first, as: UInt64.self)
                text.storeBytes(of: key.second, toByteOffset: min(8, count - 8), as: UInt64.self)
                text.storeBytes(of: key.third, toByteOffset: max(16, count) - 16, as: UInt64.self)
                text.storeBytes(of: key.last, toByteOffset: count - 8, as: UInt64.self)
            } else if count >= 4 {
                text.storeBytes(of: UInt32(truncatingIfNeeded: key.first), as: UInt32.self)
                text.storeBytes(of: UInt32(truncatingIfNeeded: key.first >> 32), toByteOffset: count - 4, as: UInt32.self)
            } else if count > 0 {
                text[0] = UInt8(truncatingIfNeeded: key.first)
                text[count >> 1] = UInt8(truncatingIfNeeded: key.first >> 8)
                text[count - 1] = UInt8(truncatingIfNeeded: key.first >> 16)
            }
            body(UnsafeRawBufferPointer(rebasing: text[0..<count]))
        }
    }

    /// A seeded hash that differs between processes; never stored.
    @inline(__always)
    func hash(_ key: Key) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: key.length) &* 0xE703_7ED1_A0B4_28DB
        return Self.fold(key.first ^ seed.words[0], key.last ^ length ^ seed.words[1])
            ^ Self.fold(key.second ^ seed.words[2], key.third ^ seed.words[3])
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
