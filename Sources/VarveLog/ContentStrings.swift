// Strings as a content hash takes them, when they are too many to be numbered: event ids above all.

internal import VarveEvents
internal import VarveHash

private let contentPieceSize = 32 << 10

extension SHA256Hasher {
    /// Writes strings in full, each with its length before it. They are put together in a piece of memory that stays in a cache.
    mutating func update(_ codes: Codes, _ table: StringTable, _ range: Range<Int>) {
        let wide = codes.wide(range)
        withUnsafeTemporaryAllocation(byteCount: contentPieceSize, alignment: 8) { piece in
            table.bytes.withUnsafeBytes { bytes in
                table.bounds.withUnsafeBufferPointer { bounds in
                    var used = 0
                    for code in wide {
                        let text = UnsafeRawBufferPointer(rebasing: bytes[Int(bounds[Int(code)])..<Int(bounds[Int(code) + 1])])
                        if used + 4 + text.count > contentPieceSize {
                            update(UnsafeRawBufferPointer(rebasing: piece[0..<used]))
                            used = 0
                        }
                        piece.storeBytes(of: UInt32(text.count).littleEndian, toByteOffset: used, as: UInt32.self)
                        used += 4
                        if used + text.count > contentPieceSize {
                            update(UnsafeRawBufferPointer(rebasing: piece[0..<used]))
                            update(text)
                            used = 0
                        } else {
                            Self.copy(text, to: piece, at: used)
                            used += text.count
                        }
                    }
                    update(UnsafeRawBufferPointer(rebasing: piece[0..<used]))
                }
            }
        }
    }

    /// Eight bytes at a time, of which the last eight overlap those before: a call would cost more than most strings.
    @inline(__always)
    private static func copy(_ text: UnsafeRawBufferPointer, to piece: UnsafeMutableRawBufferPointer, at place: Int) {
        guard text.count >= 8, text.count <= 64 else {
            return UnsafeMutableRawBufferPointer(rebasing: piece[place...]).copyMemory(from: text)
        }
        var from = 0
        while from < text.count {
            let start = min(from, text.count &- 8)
            piece.storeBytes(
                of: text.loadUnaligned(fromByteOffset: start, as: UInt64.self), toByteOffset: place &+ start, as: UInt64.self)
            from &+= 8
        }
    }
}

extension Codes {
    /// Some codes at the same width.
    func wide(_ range: Range<Int>) -> [UInt32] {
        switch self {
        case .constant: [UInt32](repeating: 0, count: range.count)
        case .identity: range.map { UInt32(truncatingIfNeeded: $0) }
        case .u8(let codes): codes[range].map { UInt32($0) }
        case .u16(let codes): codes[range].map { UInt32($0) }
        case .u32(let codes): Array(codes[range])
        }
    }
}
