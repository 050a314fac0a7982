/// Memory for texts created by unescaping, joining or decoding. All texts are valid until `removeAll`.
final class TextArena {
    private var chunks: [UnsafeMutableRawBufferPointer] = []
    private var used = 0
    private static let chunkBytes = 16 << 10

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// Invalidates all texts; the memory of one chunk is kept.
    func removeAll() {
        used = 0
        while chunks.count > 1 { chunks.removeLast().deallocate() }
        if let first = chunks.first, first.count > 4 * Self.chunkBytes { chunks.removeLast().deallocate() }
    }

    /// Space for `count` bytes.
    func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if chunks.isEmpty || chunks[chunks.count - 1].count - used < count {
            chunks.append(.allocate(byteCount: max(count, Self.chunkBytes), alignment: 8))
            used = 0
        }
        let chunk = chunks[chunks.count - 1]
        let room = UnsafeMutableRawBufferPointer(rebasing: chunk[used..<(used + count)])
        used += count
        return room
    }

    func keep(_ bytes: some Collection<UInt8>) -> UnsafeRawBufferPointer {
        let room = room(bytes.count)
        room.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(room)
    }

    func keep(_ text: String) -> UnsafeRawBufferPointer { keep(text.utf8) }
}
