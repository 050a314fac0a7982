import Testing
import VarveEvents
import VarveHash
@testable import VarveProjections

/// Buckets, quantiles and sets by themselves.
struct SketchTests {
    @Test(arguments: [
        (1.0, 131_071), (1.0000001, 131_072), (2.0, 131_135), (0.5, 131_007), (0.0, 0), (-1.0, -131_071),
        (.leastNonzeroMagnitude, 62_335), (.greatestFiniteMagnitude, 196_607), (1.0108892860517003, 131_072),
        (1.0108892860517005, 131_073),
    ] as [(Double, Int32)])
    func `a number falls into the OTLP bucket that reaches up to and includes its upper border`(value: Double, code: Int32) {
        #expect(SketchCode.code(of: value) == code)
    }

    @Test func `every bucket's middle is within 0.55 percent of its values`() {
        var numbers = SeededNumbers(9)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: numbers.next())
            guard value.isFinite, value.magnitude > 1e-300, value.magnitude < 1e300 else { continue }
            let middle = SketchCode.middle(of: SketchCode.code(of: value))
            #expect(abs(middle - value) <= abs(value) * 0.0055)
        }
    }

    @Test(arguments: 1...4) func `a set that is kept in order is written as one that is sorted once`(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        func bytes(_ set: DistinctSet) -> [UInt8] {
            var out = StateWriter()
            set.encode(&out)
            return out.bytes
        }
        var (kept, plain) = (DistinctSet(), DistinctSet())
        for _ in 0..<40 {
            let hashes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in numbers.next() % 2_000 }
            switch Int.random(in: 0..<3, using: &numbers) {
            case 0: kept.insert(contentsOf: hashes)
            case 1:
                var other = DistinctSet()
                for hash in hashes { other.insert(hash) }
                if Bool.random(using: &numbers) { other.order() }
                kept.formUnion(other)
            default: for hash in hashes { kept.insert(hash) }
            }
            for hash in hashes { plain.insert(hash) }
            if Bool.random(using: &numbers) { kept.order() }
            #expect(bytes(kept) == bytes(plain))
        }
        for hash in 0..<70_000 as Range<UInt64> {
            kept.insert(hash)
            plain.insert(hash)
        }
        kept.order()
        #expect(bytes(kept) == bytes(plain))
    }

    @Test func `codes are in the order of the numbers`() {
        var numbers = SeededNumbers(10)
        let values = (0..<5_000).map { _ in Double(bitPattern: numbers.next()) }.filter(\.isFinite).sorted()
        let codes = values.map { SketchCode.code(of: $0) }
        #expect(codes == codes.sorted())
    }

    @Test(arguments: [0, 1, 3, 9]) func `the table for decimals says what the number itself says`(scale: Int) {
        let windows = DecimalWindows.of(scale: scale)
        for mantissa in stride(from: 0, to: DecimalWindows.size, by: 17) {
            let code = SketchCode.code(of: Double(mantissa) / decimalPowers[scale])
            #expect(windows.names[mantissa] == SketchCode.window(code) ?? DecimalWindows.outside)
        }
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 120_000])
    func `distinct is exact up to 65,536 and then within 3 percent`(count: Int) throws {
        let values = (0..<count).map { XXH3.hash64("value \($0)") }
        var forward = DistinctSet()
        for value in values { forward.insert(value) }
        var parts = [DistinctSet](repeating: DistinctSet(), count: 3)
        for (index, value) in values.reversed().enumerated() {
            parts[index % 3].insert(value)
            if index % 5 == 0 { parts[(index + 1) % 3].insert(value) }
        }
        parts[1].formUnion(parts[0])
        parts[1].formUnion(parts[2])
        if count <= 65_536 { #expect(forward.estimate == Int64(count)) }
        #expect(abs(Double(forward.estimate) - Double(count)) <= Double(count) * 0.03)
        var (left, right) = (StateWriter(), StateWriter())
        forward.encode(&left)
        parts[1].encode(&right)
        #expect(left.bytes == right.bytes)
        var reader = StateReader(left.bytes)
        var again = StateWriter()
        try DistinctSet(&reader).encode(&again)
        #expect(again.bytes == left.bytes)
    }

    @Test(arguments: [
        (0.0000005, 0), (0.0000015, 2), (0.0000025, 3), (-0.0000005, 0), (0.5, 500_000), (1.5, 1_500_000), (0.1, 100_000),
        (1e20, 100_000_000_000_000_000_000_000_000), (123.456789, 123_456_789),
    ] as [(Double, Int128)])
    func `a value becomes millionths, half to even`(value: Double, micros: Int128) {
        #expect(SumColumn.micros(value) == micros)
    }

    @Test(arguments: [Double.infinity, .nan, 1e30]) func `what no sum can hold is left out and counted`(value: Double) {
        #expect(SumColumn.micros(value) == nil)
    }
}
