internal import VarveEvents

/// Strings that consist of one common prefix and decimal digits: `sess_00017133`, `user_42`, `payment_123`.
struct NumberedStrings {
    /// 18 digits always fit an `Int64`.
    static let digitsMax = 18

    var prefix: [UInt8]
    /// The fixed number of digits; 0 when numbers have no leading zeros.
    var digits: Int
    var numbers: [Int64]

    /// Nil unless every string of `table` has this form.
    init?(_ table: StringTable) {
        // Reject what the decoder would refuse; it is then stored as a plain dictionary.
        guard let (prefix, digits) = Self.shape(table), prefix.count <= EventLimits.stringBytes,
            table.count * (prefix.count + Self.digitsMax) <= FormatLimits.columnBytes * 2
        else { return nil }
        var isNumbered = true
        let numbers = [Int64](unsafeUninitializedCapacity: table.count) { numbers, count in
            table.bytes.withUnsafeBytes { bytes in
                for index in 0..<table.count {
                    let range = Int(table.bounds[index])..<Int(table.bounds[index + 1])
                    guard let number = Self.number(UnsafeRawBufferPointer(rebasing: bytes[range]), prefix, digits) else {
                        isNumbered = false
                        return
                    }
                    numbers.initializeElement(at: index, to: number)
                    count += 1
                }
            }
        }
        guard isNumbered else { return nil }
        self.prefix = prefix
        self.digits = digits
        self.numbers = numbers
    }

    /// The prefix and the number of digits, taken from the first string: its trailing digits, fixed in number if all lengths
    /// are equal.
    private static func shape(_ table: StringTable) -> ([UInt8], Int)? {
        table.withBytes(of: 0) { first in
            var end = first.count
            while end > 0, isDigit(first[end - 1]), first.count - end < digitsMax { end -= 1 }
            guard end < first.count else { return nil }
            var fixed = true
            let length = Int(table.bounds[1])
            for index in 1..<table.count where Int(table.bounds[index + 1] - table.bounds[index]) != length {
                fixed = false
                break
            }
            return (Array(first[..<end]), fixed ? first.count - end : 0)
        }
    }

    private static func number(_ utf8: UnsafeRawBufferPointer, _ prefix: [UInt8], _ digits: Int) -> Int64? {
        let count = utf8.count - prefix.count
        guard count >= 1, count <= digitsMax, digits == 0 || count == digits else { return nil }
        var isOther: UInt8 = 0
        for index in prefix.indices { isOther |= utf8[index] ^ prefix[index] }
        if digits == 0, count > 1, utf8[prefix.count] == UInt8(ascii: "0") { return nil }
        var number: Int64 = 0
        var greatest: UInt8 = 0
        for index in prefix.count..<utf8.count {
            let digit = utf8[index] &- UInt8(ascii: "0")
            greatest = max(greatest, digit)
            // At most 18 digits; the result is discarded if there is any other character.
            number = number &* 10 &+ Int64(digit)
        }
        return isOther == 0 && greatest < 10 ? number : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(prefix.count)
        writer.append(prefix)
        writer.u8(UInt8(digits))
        numbers.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, into: &writer) }
    }

    static func decode(_ reader: inout ByteReader, count: Int) throws(FormatError) -> StringTable {
        let prefix = try reader.take(reader.count(atMost: EventLimits.stringBytes, "bytes of a prefix"))
        let digits = Int(try reader.u8())
        guard digits <= digitsMax else { throw FormatError(.malformed, "numbers of \(digits) digits") }
        let numbers = try IntegerBlocks.decodeArray(&reader, count: count, as: Int64.self).values
        guard count * (prefix.count + digitsMax) <= FormatLimits.columnBytes * 2 else {
            throw FormatError(.malformed, "\(count) strings with a prefix of \(prefix.count) bytes")
        }
        return try render(prefix, digits, numbers)
    }

    static func skip(_ reader: inout ByteReader, count: Int) throws(FormatError) {
        _ = try reader.take(reader.count(atMost: EventLimits.stringBytes, "bytes of a prefix"))
        _ = try reader.u8()
        try IntegerBlocks.skip(&reader, count: count)
    }

    private static func render(
        _ prefix: UnsafeRawBufferPointer, _ digits: Int, _ numbers: [Int64]
    ) throws(FormatError) -> StringTable {
        let longest = prefix.count + (digits == 0 ? digitsMax : digits)
        var bounds: [UInt32] = [0]
        bounds.reserveCapacity(numbers.count + 1)
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: longest * numbers.count) { target, written in
            guard let base = target.baseAddress else { return }
            for number in numbers {
                guard number >= 0, number < 1_000_000_000_000_000_000 else {
                    failed = true
                    break
                }
                for byte in prefix {
                    (base + written).initialize(to: byte)
                    written += 1
                }
                var length = digits
                if digits == 0 {
                    length = 1
                    var rest = number
                    while rest >= 10 {
                        rest /= 10
                        length += 1
                    }
                }
                var rest = UInt64(number)
                var place = written + length
                while place - written >= 8 {
                    let (upper, eight) = rest.quotientAndRemainder(dividingBy: 100_000_000)
                    place -= 8
                    UnsafeMutableRawPointer(base + place).storeBytes(of: eightDigits(eight).littleEndian, as: UInt64.self)
                    rest = upper
                }
                while place > written {
                    place -= 1
                    (base + place).initialize(to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                    rest /= 10
                }
                if rest > 0 { failed = true }
                written += length
                bounds.append(UInt32(truncatingIfNeeded: written))
            }
        }
        guard !failed, let table = StringTable(bounds: bounds, bytes: bytes) else {
            throw FormatError(.malformed, "a number that does not fit \(digits) digits, or a prefix that is not UTF-8")
        }
        return table
    }
}

/// The eight decimal digits of `number`, which must be below 10⁸, as ASCII, the first in the lowest byte. Splits into halves of
/// four, two and one digits within one word; division by 100 and 10 is by multiplications that are exact for such small
/// numbers.
private func eightDigits(_ number: UInt64) -> UInt64 {
    let fours = number / 10_000 | (number % 10_000) << 32
    let hundreds = ((fours &* 5_243) &>> 19) & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = ((twos &* 103) &>> 10) & 0x000F_000F_000F_000F
    return (tens | (twos &- tens &* 10) << 8) | 0x3030_3030_3030_3030
}
