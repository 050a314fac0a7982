import Testing

@testable import VarveEvents

/// Strings from outside are not to choose where they stand in a table.
@Suite struct TableSeedTests {
    /// Strings of 136 bytes that differ before a word of zeros only. With a public constant in the place of the secret words all
    /// of them had one key: 12.5 MB of them took 3.05 s instead of 0.12 s.
    private static func alike(_ count: Int) -> [[UInt8]] {
        (0..<count).map { number in
            let digits = Array(String(1_000_000_000_000_000 + number).utf8)
            var string = Array("beginning".utf8.prefix(8)) + digits + Array(repeating: UInt8(ascii: "m"), count: 80)
            string += [UInt8](repeating: 0, count: 8)
            return string + Array(repeating: UInt8(ascii: "e"), count: 136 - string.count)
        }
    }

    @Test func `strings made to collide do not`() {
        let strings = Self.alike(4_096)
        let interner = StringInterner()
        let hashes = strings.map { $0.withUnsafeBytes { interner.hash(interner.key($0)) } }
        #expect(strings.allSatisfy { $0.count == 136 })
        #expect(Set(hashes).count == strings.count)
        // In 8,192 places 4,096 hashes fall on some 3,200; of a few that all meet there is nothing left.
        #expect(Set(hashes.map { $0 & 8_191 }).count > 2_800)
    }

    @Test func `where a string stands depends on the seed, and its number does not`() {
        let strings = (0..<1_000).map { Array("string number \($0)".utf8) } + Self.alike(1_000)
        func fill(_ seed: UInt64) -> (numbers: [UInt32], places: [Int]) {
            var interner = StringInterner(seed: TableSeed(seed))
            let numbers = (strings + strings).map { string in string.withUnsafeBytes { interner.intern($0) } }
            return (numbers, interner.places)
        }
        let (one, same, other) = (fill(1), fill(1), fill(2))
        let expected = (0..<2_000).map { UInt32($0) }
        #expect(one.numbers == expected + expected && other.numbers == one.numbers)
        #expect(one.places == same.places)
        #expect(zip(one.places, other.places).count(where: { $0 == $1 }) < 20)
    }

    @Test func `a process draws its own`() {
        let (one, two) = (TableSeed.process.words, TableSeed.process.words)
        #expect(one.indices.allSatisfy { one[$0] == two[$0] && one[$0] & 1 == 1 })
        #expect(one[0] != TableSeed(0).words[0])
    }
}
