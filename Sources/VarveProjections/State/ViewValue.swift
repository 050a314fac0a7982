public import VarveEvents

/// A value of a view: a dimension's, or a shown column's.
public enum ViewValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// A sum, in millionths.
    case decimal(micros: Int128)
    case string(String)
    /// A time; in sequential projections only.
    case time(Timestamp)
    /// The most frequent values and their counts; folded values are the last entry, `__other__`.
    case top([TopEntry])

    /// The name of combinations folded by a budget, in place of every dimension value.
    public static let otherName = "__other__"
}

// Encodes dimension values as bytes in value order, none of which is a prefix of another, so that the concatenated bytes of
// several values identify and order a combination:
//
//     absent 00   false 01   true 02   integer 03 ‖ big-endian, top bit flipped   double 04 ‖ big-endian, ordered bits
//     text 05 ‖ UTF-8 with 00 written 00 FF ‖ 00 01          folded by a budget, in place of the whole combination: FF
//
// A double that is an integer is written as an integer: 1 and 1.0 are the same dimension value.
enum KeyBytes {
    static let null: [UInt8] = [0]
    static let other: [UInt8] = [0xFF]

    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        bytes.append(3)
        appendBigEndian(UInt64(bitPattern: value) ^ 1 << 63, to: &bytes)
    }

    static func append(_ value: Double, to bytes: inout [UInt8]) {
        if let whole = Int64(exactly: value) { return append(whole, to: &bytes) }
        bytes.append(4)
        let bits = value.bitPattern
        appendBigEndian(bits >> 63 == 1 ? ~bits : bits | 1 << 63, to: &bytes)
    }

    static func append(_ value: Bool, to bytes: inout [UInt8]) {
        bytes.append(value ? 2 : 1)
    }

    static func append(text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(5)
        for byte in text {
            bytes.append(byte)
            if byte == 0 { bytes.append(0xFF) }
        }
        bytes.append(0)
        bytes.append(1)
    }

    /// The same for text that lies in memory: copied at once if it has no zero byte.
    static func append(utf8 text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        if text.contains(0) { return append(text: text, to: &bytes) }
        bytes.append(5)
        bytes.append(contentsOf: text)
        bytes.append(0)
        bytes.append(1)
    }

    static func append(_ value: ViewValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .bool(let flag): append(flag, to: &bytes)
        case .int(let number): append(number, to: &bytes)
        case .double(let number): append(number, to: &bytes)
        case .string(let text): append(text: text.utf8, to: &bytes)
        case .decimal, .time, .top: preconditionFailure("a sum, a time or a list cannot be a dimension value")
        }
    }

    private static func appendBigEndian(_ value: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Reads one value, in canonical form only.
    static func read(_ reader: inout StateReader) throws(StateError) -> ViewValue {
        switch try reader.fixed(UInt8.self) {
        case 0: return .null
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .int(Int64(bitPattern: try reader.fixed(UInt64.self).byteSwapped ^ 1 << 63))
        case 4:
            let ordered = try reader.fixed(UInt64.self).byteSwapped
            let value = Double(bitPattern: ordered >> 63 == 1 ? ordered ^ 1 << 63 : ~ordered)
            guard !value.isNaN, Int64(exactly: value) == nil else { throw reader.fail("a whole number written as a fraction") }
            return .double(value)
        case 5: return .string(try readText(&reader))
        case let tag: throw reader.fail("a dimension value of kind \(tag)")
        }
    }

    private static func readText(_ reader: inout StateReader) throws(StateError) -> String {
        var text: [UInt8] = []
        while true {
            let byte = try reader.fixed(UInt8.self)
            if byte != 0 {
                text.append(byte)
                continue
            }
            switch try reader.fixed(UInt8.self) {
            case 0xFF: text.append(0)
            case 1:
                guard let string = String(validating: text, as: UTF8.self) else { throw reader.fail("a text that is not UTF-8") }
                return string
            default: throw reader.fail("an escape that is not known")
            }
        }
    }
}
