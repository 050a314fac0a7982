internal import CSnappy

/// Snappy's block format, in which Prometheus' remote write is packed.
public enum SnappyBlock {
    /// Packs all of `bytes`.
    public static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var length = snappy_max_compressed_length(bytes.count)
        var packed = [UInt8](repeating: 0, count: length)
        let status = bytes.withUnsafeBytes { input in
            packed.withUnsafeMutableBytes { output in
                snappy_compress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), &length)
            }
        }
        precondition(status == SNAPPY_OK, "snappy packs any bytes into the room that it asked for")
        return Array(packed.prefix(length))
    }
}
