/// Owns bytes that are handed out as pointers: constants for as long as it lives, and one piece of scratch memory.
final class ByteStore {
    private var kept: [UnsafeMutableRawBufferPointer] = []
    private var scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)

    deinit {
        for buffer in kept { buffer.deallocate() }
        scratch.deallocate()
    }

    /// A copy of `text` that lives as long as this.
    func keep(_ text: String) -> UnsafeRawBufferPointer {
        let utf8 = Array(text.utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(utf8.count, 1), alignment: 1)
        copy.copyBytes(from: utf8)
        kept.append(copy)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<utf8.count])
    }

    /// At least `count` bytes, good until the next call. What they held is lost.
    func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if scratch.count < count {
            scratch.deallocate()
            scratch = .allocate(byteCount: count * 2, alignment: 8)
        }
        return scratch
    }
}
