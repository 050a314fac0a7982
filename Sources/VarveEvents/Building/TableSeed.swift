/// Secret words for tables in memory, so that nobody outside can choose strings that fall on one place. They are drawn once per
/// process: nothing of them is stored, and no order of anything depends on them.
package struct TableSeed: Sendable {
    package var words: InlineArray<6, UInt64>

    /// For tests: the same words every time.
    package init(_ number: UInt64) {
        // SplitMix64.
        var state = number
        words = InlineArray<6, UInt64> { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return (word ^ word >> 31) | 1
        }
    }

    /// That of this process.
    package static let process = TableSeed(drawn: SystemRandomNumberGenerator())

    private init(drawn generator: SystemRandomNumberGenerator) {
        var generator = generator
        words = InlineArray<6, UInt64> { _ in generator.next() | 1 }
    }
}
