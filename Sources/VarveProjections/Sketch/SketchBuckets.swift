// The buckets of one sketch as canonical bytes:
//
//     zeros LEB ‖ number of positive buckets LEB ‖ positive buckets ‖ number of negative buckets LEB ‖ negative buckets
//     bucket: gap LEB ‖ count − 1 LEB
//
// Buckets ascend by their distance from zero. The first gap is code − 62 335, the later ones are code − previous − 1.

enum SketchBuckets {
    /// Reads the buckets of one sketch, strictly, and hands each to `body`; returns the sum of their counts.
    static func read(_ reader: inout StateReader, _ body: (Int32, UInt64) -> Void) throws(StateError) -> UInt64 {
        var total = try reader.leb()
        if total > 0 { body(0, total) }
        for sign in [Int32(1), -1] {
            let number = try reader.leb()
            guard number <= UInt64(reader.remaining / 2) else { throw reader.fail("\(number) buckets") }
            var next = UInt64(SketchCode.smallest)
            for _ in 0..<number {
                let gap = try reader.leb()
                guard gap <= UInt64(SketchCode.largest), next + gap <= UInt64(SketchCode.largest) else {
                    throw reader.fail("a bucket beyond the largest number")
                }
                let (count, countOverflow) = try reader.leb().addingReportingOverflow(1)
                let (sum, sumOverflow) = total.addingReportingOverflow(count)
                guard !countOverflow, !sumOverflow else { throw reader.fail("counts above 2⁶⁴") }
                total = sum
                body(sign * Int32(truncatingIfNeeded: next + gap), count)
                next += gap + 1
            }
        }
        return total
    }
}

extension SketchBuckets {
    /// The same for bytes that this process wrote: nothing is checked but the end.
    static func forEach(_ bytes: UnsafeRawBufferPointer, _ body: (Int32, UInt64) -> Void) {
        var position = 0
        func leb() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return value
        }
        let zeros = leb()
        if zeros > 0 { body(0, zeros) }
        for sign in [Int32(1), -1] {
            var next = SketchCode.smallest
            for _ in 0..<leb() {
                next &+= Int32(truncatingIfNeeded: leb())
                body(sign * next, leb() &+ 1)
                next &+= 1
            }
        }
    }
}
