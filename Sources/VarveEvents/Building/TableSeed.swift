/// Secret words that seed in-memory hash tables, so that nobody outside can choose strings that all collide. They are drawn
/// once per process, are never stored, and no output order depends on them.
package struct TableSeed: Sendable {
    package var words: InlineArray<6, UInt64>

    /// Deterministic words, for tests.
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

    /// The seed of this process.
    package static let process = TableSeed(drawn: SystemRandomNumberGenerator())

    private init(drawn generator: SystemRandomNumberGenerator) {
        var generator = generator
        words = InlineArray<6, UInt64> { _ in generator.next() | 1 }
    }
}
