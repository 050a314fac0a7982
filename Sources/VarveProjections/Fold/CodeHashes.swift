internal import VarveEvents
internal import VarveHash

/// Hashes by code. The few values whose hash is the mark for "not yet known" are hashed each time.
struct CodeHashes {
    private var hashes: [UInt64] = []
    private static let unknown: UInt64 = 0

    @inline(__always)
    subscript(code: Int) -> UInt64? {
        code < hashes.count && hashes[code] != Self.unknown ? hashes[code] : nil
    }

    /// Keeps the hash of `code`, one of `count` codes, and returns it.
    mutating func set(_ code: Int, _ hash: UInt64, of count: Int) -> UInt64 {
        if code >= hashes.count {
            hashes += [UInt64](repeating: Self.unknown, count: Swift.max(count, code + 1) - hashes.count)
        }
        hashes[code] = hash
        return hash
    }

    mutating func fill(_ table: StringTable, ofAttribute isAttribute: Bool) {
        if hashes.count < table.count { hashes += [UInt64](repeating: Self.unknown, count: table.count - hashes.count) }
        table.bytes.withUnsafeBytes { bytes in
            table.bounds.withUnsafeBufferPointer { bounds in
                for code in 0..<table.count where hashes[code] == Self.unknown {
                    let text = bytes[Int(bounds[code])..<Int(bounds[code + 1])]
                    hashes[code] = DistinctText.hash(UnsafeRawBufferPointer(rebasing: text), ofAttribute: isAttribute)
                }
            }
        }
    }
}
