internal import VarveEvents
internal import VarveHash

/// For tests and fuzzers only: gives modified bytes valid checksums, so that the code after the checksum tests is reached.
package enum FrameForgery {
    /// Recomputes the checksum of every column listed in the directory of `frame`. Does nothing if the directory cannot be
    /// read.
    package static func resealColumns(_ frame: inout [UInt8]) {
        let places = frame.withUnsafeBytes { raw -> [(hash: Int, column: Range<Int>)] in
            let size = Int(raw.loadUnaligned(fromByteOffset: 108, as: UInt32.self))
            guard size <= raw.count - 128 else { return [] }
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: raw[128..<(128 + size)]))
            return (try? columnPlaces(&reader, start: 128 + size)) ?? []
        }
        for place in places where place.column.upperBound <= frame.count {
            let hash = frame.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[place.column])) }
            frame.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: place.hash, as: UInt64.self) }
        }
    }

    private static func columnPlaces(
        _ reader: inout ByteReader, start: Int
    ) throws(FormatError) -> [(hash: Int, column: Range<Int>)] {
        for _ in 0..<(try reader.count(atMost: EventLimits.rowsPerBatch, "groups")) {
            _ = try reader.take(try reader.count(atMost: EventLimits.nameBytes, "bytes"))
            _ = try reader.varint()
        }
        for _ in 0..<(try reader.count(atMost: EventLimits.rowsPerBatch, "appends")) {
            _ = try reader.u64()
            for _ in 0..<3 { _ = try reader.varint() }
        }
        var places: [(hash: Int, column: Range<Int>)] = []
        var position = start
        for _ in 0..<(try reader.count(atMost: EventLimits.columnsPerBatch, "columns")) {
            _ = try reader.u16()
            _ = try reader.take(try reader.count(atMost: EventLimits.nameBytes, "bytes"))
            _ = try reader.u8()
            _ = try reader.varint()
            let size = try reader.count(atMost: FormatLimits.columnBytes, "bytes")
            places.append((128 + reader.position, position..<(position + size)))
            _ = try reader.u64()
            position += size
        }
        return places
    }
}
