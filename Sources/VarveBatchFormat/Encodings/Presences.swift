// Which rows have a value: a kind byte, then bits.
//
//     1  every row                      nothing follows
//     2  whole groups                   one bit per group, in 64-bit words
//     3  single rows                    one bit per position, in 64-bit words

internal import VarveEvents

enum Presences {
    static func encode(_ presence: Presence, into writer: inout ByteWriter) {
        switch presence {
        case .all: writer.u8(1)
        case .groups(let bits):
            writer.u8(2)
            encode(bits, into: &writer)
        case .positions(let bits):
            writer.u8(3)
            encode(bits, into: &writer)
        }
    }

    /// The presence and, for each group, the index of its first value; the last element is the number of values.
    static func decode(
        _ reader: inout ByteReader, rowCount: Int, groups: [SignalGroup]
    ) throws(FormatError) -> (Presence, starts: [Int]) {
        let kind = try reader.u8()
        let presence: Presence
        switch kind {
        case 1: presence = .all
        case 2: presence = .groups(try decodeBitmap(&reader, count: groups.count))
        case 3: presence = .positions(try decodeBitmap(&reader, count: rowCount))
        default: throw FormatError(.malformed, "presence encoding \(kind) is not known")
        }
        var starts = [0]
        starts.reserveCapacity(groups.count + 1)
        for (index, group) in groups.enumerated() {
            let count =
                switch presence {
                case .all: group.positions.count
                case .groups(let bits): bits[index] ? group.positions.count : 0
                case .positions(let bits): bits.onesCount(in: group.positions)
                }
            starts.append(starts[index] + count)
        }
        return (presence, starts)
    }

    static func encode(_ bits: Bitmap, into writer: inout ByteWriter) {
        for word in bits.words { writer.fixed(word) }
    }

    static func decodeBitmap(_ reader: inout ByteReader, count: Int) throws(FormatError) -> Bitmap {
        let raw = try reader.take((count + 63) / 64 * 8)
        let words = (0..<(count + 63) / 64).map {
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
        }
        guard let bits = Bitmap(count: count, words: words) else {
            throw FormatError(.malformed, "a bitmap of \(count) bits has bits past its end")
        }
        return bits
    }
}
