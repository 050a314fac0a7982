import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveBatchFormat

/// Integers of every width, through each of the ways that unpack them.
struct IntegerBlockTests {
    /// Numbers below 2^width, the largest among them, with an exception in some blocks and any base.
    private func numbers(_ count: Int, _ width: Int, _ random: inout SeededRandom) -> [Int64] {
        let mask = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
        let base = Int64(truncatingIfNeeded: random.next() >> 40)
        var values = (0..<count).map { _ in base &+ Int64(bitPattern: random.next() & mask) }
        values[count / 2] = base &+ Int64(bitPattern: mask)
        if count > 100, random.next() % 2 == 0 { values[count / 3] = base &+ Int64(bitPattern: random.next() >> 4) }
        return values
    }

    private func encoded(_ values: [Int64], deltas: Bool, units: [Int64]) -> [UInt8] {
        var writer = ByteWriter()
        values.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: deltas, units: units, into: &writer) }
        writer.zeros(FormatLimits.columnPadding)
        return writer.bytes
    }

    private func decoded<Element: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], _ count: Int, as type: Element.Type
    ) throws -> (values: [Element], bits: UInt64) {
        try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            let result = try IntegerBlocks.decodeArray(&reader, count: count, as: type)
            #expect(reader.remaining == FormatLimits.columnPadding)
            return result
        }
    }

    @Test(arguments: 0...64) func `come back at every width, as they are and in units, plain and as deltas`(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) + 1)
        for count in [1, 2, 7, 8, 9, 15, 16, 17, 1_023, 1_024, 1_025, 2_500] {
            let values = numbers(count, width, &random)
            let scaled = values.map { $0 &* 1_000 }
            for deltas in [false, true] {
                #expect(try decoded(encoded(values, deltas: deltas, units: []), count, as: Int64.self).values == values)
                #expect(try decoded(encoded(scaled, deltas: deltas, units: [1_000]), count, as: Int64.self).values == scaled)
            }
        }
    }

    @Test(arguments: 0...20) func `narrower than they were, they show which bits were lost`(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width) + 100)
        for count in [1, 9, 1_024, 3_000] {
            let values = numbers(count, width, &random)
            let bytes = encoded(values, deltas: false, units: [])
            func check<Element: FixedWidthInteger & BitwiseCopyable>(_ type: Element.Type) throws {
                let (narrow, bits) = try decoded(bytes, count, as: type)
                #expect(narrow == values.map { Element(truncatingIfNeeded: $0) })
                let isWhole = values.allSatisfy { Element(exactly: $0) != nil }
                #expect((bits <= UInt64(truncatingIfNeeded: Element.max)) == isWhole)
            }
            try check(UInt8.self)
            try check(UInt16.self)
            try check(UInt32.self)
        }
    }

    /// Times nearly in order, with a leap here and there, ahead or back.
    private func times(_ count: Int, steps: Int64, _ random: inout SeededRandom) -> [Int64] {
        var time = Int64(truncatingIfNeeded: random.next() >> 12) &* (random.next() % 4 == 0 ? -1 : 1)
        return (0..<count).map { _ in
            time += Int64(random.next() % UInt64(steps)) - steps / 4
            if random.next() % 700 == 0 { time += Int64(random.next() % 5_000_000) - 1_000_000 }
            return time
        }
    }

    @Test(arguments: [2, 100, 1_000, 40_000, 3_000_000] as [Int64])
    func `nearly in order come back from their steps`(steps: Int64) throws {
        var random = SeededRandom(seed: UInt64(steps))
        for count in [1, 2, 9, 1_024, 1_025, 9_000] {
            let values = times(count, steps: steps, &random)
            let scaled = values.map { $0 * 1_000 }
            #expect(try decoded(encoded(values, deltas: true, units: []), count, as: Int64.self).values == values)
            #expect(try decoded(encoded(scaled, deltas: true, units: [1_000]), count, as: Int64.self).values == scaled)
        }
    }

    @Test(arguments: [1_000, 1_000_000, 3_600_000_000_000] as [Int64])
    func `asked for by a grain lie in the same multiples of it as they do`(grain: Int64) throws {
        func multiples(_ values: [Int64]) -> [Int64] { values.map { ($0 - (($0 % grain) + grain) % grain) / grain } }
        var random = SeededRandom(seed: UInt64(grain))
        var replaced = 0
        for round in 0..<40 {
            let values = times(5_000, steps: [2, 50, 4_000][round % 3], &random).map { $0 / 1_000 * (round % 2 == 0 ? 1 : 1_000) }
            let bytes = encoded(values, deltas: round % 5 != 0, units: [1_000])
            let coarse = try bytes.withUnsafeBytes { raw in
                var reader = ByteReader(raw)
                return try IntegerBlocks.decodeArray(&reader, count: values.count, as: Int64.self, grain: grain).values
            }
            #expect(multiples(coarse) == multiples(values))
            replaced += zip(coarse, values).count { $0 != $1 }
        }
        #expect(grain == 1_000 || replaced > 0, "no block was left packed")
    }

    /// What spans less than 2³¹ is worked on in 32 bits, and so are its differences, unless they span more.
    @Test(arguments: [-2, -1, 0, 1, 2] as [Int64], [-0x4000_0000, 0, 0x7FFF_FFFF, Int64.min, Int64.max - 0x8000_0002])
    func `come back on both sides of what fits 32 bits`(more: Int64, base: Int64) throws {
        let range = 0x8000_0000 + more
        for pattern in [[0, range], [0, range, 0], [range, 0, range, 1], [0, 0, 0, 0, range, range, 3, 1, 4, 1, 5]] {
            let values = (0..<1_500).map { base &+ pattern[$0 % pattern.count] }
            for deltas in [false, true] {
                #expect(try decoded(encoded(values, deltas: deltas, units: []), values.count, as: Int64.self).values == values)
            }
        }
    }
}
