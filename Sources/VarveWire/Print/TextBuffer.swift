internal import VarveEvents

/// Text that grows at its end: raw memory, so that a number or a short text costs a few stores.
final class TextBuffer {
    private var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int
    /// For texts that need escapes.
    private var writer = JSONWriter()

    init(capacity: Int = 4_096) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    func clear() { count = 0 }

    /// Memory for at least `room` more bytes; `count` is moved by who fills it.
    @inline(__always)
    private func end(room: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < room { grow(room) }
        return base + count
    }

    private func grow(_ room: Int) {
        let larger = max(capacity * 2, count + room)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        (base, capacity) = (moved, larger)
    }

    @inline(__always)
    func put(_ byte: UInt8) {
        end(room: 1)[0] = byte
        count += 1
    }

    @inline(__always)
    func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    func put(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        end(room: text.count).update(from: start, count: text.count)
        count += text.count
    }

    func put(_ text: [UInt8]) { text.withUnsafeBufferPointer { put($0) } }

    func put(text: String) {
        var text = text
        text.withUTF8 { put($0) }
    }

    func put(_ number: Int64) {
        if number < 0 { put(UInt8(ascii: "-")) }
        put(number.magnitude)
    }

    func put(_ number: UInt64) {
        var digits = 1
        var limit: UInt64 = 10
        while digits < 20, number >= limit {
            digits += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        put(number, digits: digits)
    }

    /// The lowest `digits` decimal digits, zero-padded.
    @inline(__always)
    func put(_ number: UInt64, digits: Int) {
        let start = end(room: digits)
        var left = number
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let (quotient, digit) = left.quotientAndRemainder(dividingBy: 10)
            start[index] = 48 &+ UInt8(truncatingIfNeeded: digit)
            left = quotient
        }
        count += digits
    }

    /// The text of `mantissa` / 10^`scale` as Swift describes that double.
    func put(decimal mantissa: Int32, scale: Int) {
        var (left, places) = (UInt64(mantissa.magnitude), scale)
        while places > 0, left.isMultiple(of: 10) {
            left /= 10
            places -= 1
        }
        let power = UInt64(decimalPowers[places])
        let (whole, fraction) = left.quotientAndRemainder(dividingBy: power)
        // Swift describes numbers below 0.0001 with an exponent.
        guard whole > 0 || places <= 4 else { return put(Double(mantissa) / decimalPowers[scale]) }
        if mantissa < 0 { put(UInt8(ascii: "-")) }
        put(whole)
        put(UInt8(ascii: "."))
        put(fraction, digits: max(1, places))
    }

    /// As `JSONWriter.double`.
    func put(_ number: Double) { put(text: number.isFinite ? number.description : "null") }

    /// A JSON string; texts with a quote, a backslash, a control character or the first byte of a separator are looked at again.
    func put(quoted text: UnsafeBufferPointer<UInt8>) {
        let start = end(room: text.count + 2)
        var special: UInt8 = 0
        start[0] = UInt8(ascii: "\"")
        for (index, byte) in text.enumerated() {
            start[index + 1] = byte
            special |= byte < 0x20 ? 1 : 0
            special |= byte == 0x22 || byte == 0x5C || byte == 0xE2 ? 1 : 0
        }
        guard special == 0 else {
            writer.bytes.removeAll(keepingCapacity: true)
            writer.string(utf8: UnsafeRawBufferPointer(text))
            return put(writer.bytes)
        }
        start[text.count + 1] = UInt8(ascii: "\"")
        count += text.count + 2
    }

    /// A CSV field as `CSVField.safe` writes it.
    func put(field text: UnsafeBufferPointer<UInt8>) {
        let isFormula =
            switch text.first {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
            default: false
            }
        var isPlain = true
        for byte in text where byte == 0x2C || byte == 0x22 || byte == 0x0D || byte == 0x0A { isPlain = false }
        if !isPlain { put(UInt8(ascii: "\"")) }
        if isFormula { put(UInt8(ascii: "'")) }
        if isPlain {
            put(text)
        } else {
            let start = end(room: text.count * 2 + 1)
            var length = 0
            for byte in text {
                start[length] = byte
                start[length + 1] = byte
                length += byte == 0x22 ? 2 : 1
            }
            count += length
            put(UInt8(ascii: "\""))
        }
    }
}
