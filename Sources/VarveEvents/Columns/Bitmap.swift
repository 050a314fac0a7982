/// A fixed number of bits in 64-bit words, least significant first. Bits past `count` are zero.
public struct Bitmap: Hashable, Sendable {
    public let count: Int
    public private(set) var words: [UInt64]

    /// `count` bits, all zero.
    public init(count: Int) {
        precondition(count >= 0, "a bitmap of \(count) bits")
        self.count = count
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    /// `count` bits from `words`; nil when the number of words is wrong or a bit past `count` is set.
    public init?(count: Int, words: [UInt64]) {
        guard count >= 0, words.count == (count + 63) / 64 else { return nil }
        if let last = words.last, count % 64 != 0, last >> UInt64(count % 64) != 0 { return nil }
        self.count = count
        self.words = words
    }

    public subscript(index: Int) -> Bool {
        get { words[index >> 6] >> UInt64(index & 63) & 1 == 1 }
        set {
            let mask = UInt64(1) << UInt64(index & 63)
            if newValue { words[index >> 6] |= mask } else { words[index >> 6] &= ~mask }
        }
    }

    /// The number of one bits. O(words).
    public var onesCount: Int {
        words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The number of one bits in `range`. O(words in the range).
    public func onesCount(in range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let first = range.lowerBound >> 6
        let last = (range.upperBound - 1) >> 6
        let headMask = ~UInt64(0) << UInt64(range.lowerBound & 63)
        let tailMask = ~UInt64(0) >> UInt64(63 - (range.upperBound - 1) & 63)
        if first == last { return (words[first] & headMask & tailMask).nonzeroBitCount }
        var ones = (words[first] & headMask).nonzeroBitCount + (words[last] & tailMask).nonzeroBitCount
        for word in words[(first + 1)..<last] { ones += word.nonzeroBitCount }
        return ones
    }
}
