internal import CLZ4

/// LZ4 blocks: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
enum Compression {
    /// The compressed form of `bytes`, if it is at least a sixteenth smaller. Large columns are tried on a sample first,
    /// because bit-packed data does not compress, and finding that out costs time during ingestion.
    static func compress(_ bytes: [UInt8], effort: FrameEffort) -> [UInt8]? {
        guard bytes.count >= 64, bytes.count <= FormatLimits.columnBytes else { return nil }
        if effort == .ingest, bytes.count > 16_384 {
            let middle = bytes.count / 2
            let sample = Array(bytes[middle..<(middle + 4_096)])
            guard let shrunk = block(sample, effort), shrunk.count < sample.count * 15 / 16 else { return nil }
        }
        guard let shrunk = block(bytes, effort), shrunk.count < bytes.count - bytes.count / 16 else { return nil }
        return shrunk
    }

    private static func block(_ bytes: [UInt8], _ effort: FrameEffort) -> [UInt8]? {
        let source = Int32(bytes.count)
        let capacity = LZ4_compressBound(source)
        var written: Int32 = 0
        let shrunk = [UInt8](unsafeUninitializedCapacity: Int(capacity)) { target, count in
            bytes.withUnsafeBytes { raw in
                guard let from = raw.baseAddress, let to = target.baseAddress else { return }
                let input = from.assumingMemoryBound(to: CChar.self)
                let output = UnsafeMutableRawPointer(to).assumingMemoryBound(to: CChar.self)
                switch effort {
                case .ingest: written = LZ4_compress_default(input, output, source, capacity)
                case .compact: written = LZ4_compress_HC(input, output, source, capacity, 9)
                }
            }
            count = Int(max(written, 0))
        }
        return written > 0 ? shrunk : nil
    }

    /// Decompresses into `target`, which must be filled exactly.
    static func decompress(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(FormatError) {
        guard let from = bytes.baseAddress, let to = target.baseAddress,
            let source = Int32(exactly: bytes.count), let capacity = Int32(exactly: target.count)
        else { throw FormatError(.malformed, "\(bytes.count) compressed bytes for \(target.count)") }
        let written = LZ4_decompress_safe(
            from.assumingMemoryBound(to: CChar.self), to.assumingMemoryBound(to: CChar.self), source, capacity)
        guard written == capacity else {
            throw FormatError(.malformed, "LZ4 yields \(written) bytes, the directory says \(capacity)")
        }
    }
}
