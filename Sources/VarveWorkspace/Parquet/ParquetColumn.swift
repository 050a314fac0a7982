/// A column of a Parquet file, and the values of the row group that is being filled. Every column may have nulls.
struct ParquetColumn: Sendable {
    /// What a value is; texts are UTF-8, times nanoseconds since 1970 in UTC.
    enum Kind: Sendable {
        case bool, int64, double, text, time

        /// Parquet's physical type.
        var physical: Int {
            switch self {
            case .bool: 0
            case .int64, .time: 2
            case .double: 5
            case .text: 6
            }
        }
    }

    let name: String
    let kind: Kind
    private var isThere: [Bool] = []
    private var values: [UInt8] = []
    private var flags = 0

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    var rows: Int { isThere.count }
    var bytes: Int { values.count + isThere.count }

    mutating func null() { isThere.append(false) }

    mutating func bool(_ flag: Bool) {
        if flags % 8 == 0 { values.append(0) }
        if flag { values[values.count - 1] |= 1 << UInt8(flags % 8) }
        flags += 1
        isThere.append(true)
    }

    mutating func int64(_ value: Int64) {
        put(UInt64(bitPattern: value))
        isThere.append(true)
    }

    mutating func double(_ value: Double) {
        put(value.bitPattern)
        isThere.append(true)
    }

    mutating func text(_ text: String) {
        let bytes = Array(text.utf8)
        for shift in stride(from: 0, to: 32, by: 8) { values.append(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
        values += bytes
        isThere.append(true)
    }

    private mutating func put(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { values.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// One data page of version 1 with its header: the levels in runs, then the values as they are. The column is empty then.
    mutating func takePage() -> [UInt8] {
        var levels = ThriftBytes()
        var start = 0
        while start < isThere.count {
            var end = start + 1
            while end < isThere.count, isThere[end] == isThere[start] { end += 1 }
            levels.varint(UInt64(end - start) << 1)
            levels.append(isThere[start] ? 1 : 0)
            start = end
        }
        let count = levels.bytes.count
        let body = (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + levels.bytes + values
        var header = ThriftBytes()
        let rows = isThere.count
        header.element { page in
            page.int32(1, 0)
            page.int32(2, body.count)
            page.int32(3, body.count)
            page.structure(5) { data in
                data.int32(1, rows)
                data.int32(2, 0)
                data.int32(3, 3)
                data.int32(4, 3)
            }
        }
        (isThere, values, flags) = ([], [], 0)
        return header.bytes + body
    }
}
