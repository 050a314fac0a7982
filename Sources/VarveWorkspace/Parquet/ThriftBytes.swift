/// The compact protocol of Thrift, as far as a Parquet file's headers need it.
///
///     field    delta to the field before << 4 | type;  integers are zigzag varints, texts have their length before them
///     list     count << 4 | type, or 0xF0 | type and the count
struct ThriftBytes {
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    private(set) var bytes: [UInt8] = []
    private var latest: [UInt8] = [0]

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    private mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    private mutating func field(_ id: UInt8, _ kind: Kind) {
        bytes.append((id - latest[latest.count - 1]) << 4 | kind.rawValue)
        latest[latest.count - 1] = id
    }

    mutating func int32(_ id: UInt8, _ value: Int) {
        field(id, .int32)
        zigzag(Int64(value))
    }

    mutating func int64(_ id: UInt8, _ value: Int) {
        field(id, .int64)
        zigzag(Int64(value))
    }

    mutating func flag(_ id: UInt8, _ value: Bool) { field(id, value ? .yes : .no) }

    mutating func text(_ id: UInt8, _ value: String) {
        field(id, .binary)
        element(value)
    }

    mutating func structure(_ id: UInt8, _ body: (inout ThriftBytes) -> Void) {
        field(id, .structure)
        element(body)
    }

    mutating func list(_ id: UInt8, _ kind: Kind, _ count: Int, _ body: (inout ThriftBytes) -> Void) {
        field(id, .list)
        if count < 15 {
            bytes.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            varint(UInt64(count))
        }
        body(&self)
    }

    /// An element of a list, or a whole document.
    mutating func element(_ body: (inout ThriftBytes) -> Void) {
        latest.append(0)
        body(&self)
        latest.removeLast()
        bytes.append(0)
    }

    mutating func element(_ text: String) {
        varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func element(_ number: Int) { zigzag(Int64(number)) }
}
