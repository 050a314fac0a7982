// The buckets of one sketch as canonical bytes:
//
//     zeros LEB ‖ number of positive buckets LEB ‖ positive buckets ‖ number of negative buckets LEB ‖ negative buckets
//     bucket: gap LEB ‖ count − 1 LEB
//
// Buckets ascend by their distance from zero. The first gap is code − 62 335, the later ones are code − previous − 1.

enum SketchBuckets {
    /// Reads the buckets of one sketch, strictly, and passes each to `body`; returns the sum of their counts.
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
    /// The same for bytes that this process wrote, or that match a hash: it always terminates, and invalid buckets are skipped.
    @inline(__always)
    static func forEach(_ bytes: UnsafeRawBufferPointer, _ body: (Int32, UInt64) -> Void) {
        var cursor = LebCursor(bytes)
        let zeros = cursor.next()
        if zeros > 0 { body(0, zeros) }
        var left = cursor.next()
        var next = UInt64(SketchCode.smallest)
        while left > 0, !cursor.isAtEnd {
            next &+= cursor.next()
            guard next <= UInt64(SketchCode.largest) else { return }
            body(Int32(truncatingIfNeeded: next), cursor.next() &+ 1)
            next += 1
            left -= 1
        }
        left = cursor.next()
        next = UInt64(SketchCode.smallest)
        while left > 0, !cursor.isAtEnd {
            next &+= cursor.next()
            guard next <= UInt64(SketchCode.largest) else { return }
            body(-Int32(truncatingIfNeeded: next), cursor.next() &+ 1)
            next += 1
            left -= 1
        }
    }
}

/// Consecutive LEB128 numbers; zeros after the end.
private struct LebCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    @inline(__always)
    mutating func next() -> UInt64 {
        guard position < bytes.count else { return 0 }
        let first = bytes[position]
        position += 1
        return first < 0x80 ? UInt64(first) : long(first)
    }

    private mutating func long(_ first: UInt8) -> UInt64 {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift = min(shift + 7, 64)
        }
        return value
    }
}
