internal import CZlib

/// Compresses the body of an answer as it is written, as one gzip member.
///
/// Used by one task at a time.
public final class BodyDeflater: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory for it.
    public init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Window bits above 15 ask for gzip's header. Level 5 costs half of level 6 and gains nearly as much on rows of text.
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(stream, 5, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next bytes and returns what is compressed of those so far, often nothing. `isLast` ends the member.
    public func deflate(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8] {
        var packed: [UInt8] = []
        var rest = bytes
        repeat {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.portion))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            append(part, isLast && rest.isEmpty ? Z_FINISH : Z_NO_FLUSH, to: &packed)
        } while !rest.isEmpty
        return packed
    }

    /// zlib counts in 32 bits.
    private static let portion = 1 << 24

    private func append(_ bytes: UnsafeRawBufferPointer, _ flush: Int32, to packed: inout [UInt8]) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: bytes.count)
        withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 16) { room in
            repeat {
                stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(clamping: room.count)
                _ = CZlib.deflate(stream, flush)
                packed += room.prefix(room.count - Int(stream.pointee.avail_out))
            } while stream.pointee.avail_out == 0
        }
        stream.pointee.next_in = nil
    }
}
