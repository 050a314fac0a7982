internal import CZlib
internal import Foundation

/// Decompresses a gzip stream of any number of members. Memory is bounded by its one buffer, whatever the file claims: output
/// goes to the caller's buffer, so a large expansion costs time, not memory.
final class GzipInflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private let packed: UnsafeMutableRawBufferPointer
    /// The decoder's position: at the very start, inside a member, or after one, where another may follow.
    private var state = State.start
    private var isReady = false

    private enum State {
        case start, inside, between
    }

    /// zlib's window size, and the expected header.
    private let windowBits: Int32

    /// - Parameter isGzip: Whether the data has a gzip header; otherwise it has a zlib header.
    init(isGzip: Bool = true) {
        windowBits = isGzip ? 31 : 15
        packed = .allocate(byteCount: 256 << 10, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
        packed.deallocate()
    }

    /// The buffer for compressed bytes; only valid when all earlier ones are consumed.
    var room: UnsafeMutableRawBufferPointer { packed }

    func take(_ count: Int) {
        stream.pointee.next_in = packed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    /// Decompresses into `output` until it is full or the compressed bytes are consumed. Returns the number of bytes written; 0
    /// requests more compressed ones.
    func inflate(into output: UnsafeMutableRawBufferPointer, path: String) throws(InputError) -> Int {
        let size = UInt32(clamping: output.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = size
        while stream.pointee.avail_in > 0, stream.pointee.avail_out > 0 {
            do throws(InputError) {
                if state != .inside, try !beginMember(path) { break }
            } catch {
                // As for damage below.
                let made = Int(size - stream.pointee.avail_out)
                if made > 0 { return made }
                throw error
            }
            switch CZlib.inflate(stream, Z_NO_FLUSH) {
            case Z_OK: continue
            case Z_STREAM_END: state = .between
            case Z_BUF_ERROR: return Int(size - stream.pointee.avail_out)
            case Z_MEM_ERROR: throw InputError(code: .io, path: path, message: "no memory to unpack it")
            default:
                // Bytes decompressed before the damage are returned first; the next call meets the damage again.
                let made = Int(size - stream.pointee.avail_out)
                if made > 0 { return made }
                throw InputError(
                    code: .damagedGzip, path: path,
                    message: "the gzip data is damaged (\(stream.pointee.msg.map { String(cString: $0) } ?? "no gzip header"))"
                        + "; what comes before was read")
            }
        }
        return Int(size - stream.pointee.avail_out)
    }

    /// Prepares for the next member. False if only zero padding was left.
    private func beginMember(_ path: String) throws(InputError) -> Bool {
        if state == .between {
            while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
                stream.pointee.next_in += 1
                stream.pointee.avail_in -= 1
            }
            guard stream.pointee.avail_in > 0 else { return false }
            guard windowBits == 31, stream.pointee.next_in.pointee == 0x1F else {
                throw InputError(
                    code: .trailingBytes, path: path,
                    message: "bytes that are not gzip follow the packed data; what comes before was read")
            }
            inflateReset(stream)
        } else {
            guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw InputError(code: .io, path: path, message: "no memory to unpack it")
            }
            isReady = true
        }
        state = .inside
        return true
    }

    /// Called at the end of the file: checks that the last member is complete.
    func checkEnd(path: String) throws(InputError) {
        guard state == .inside else { return }
        state = .between
        throw InputError(
            code: .truncatedGzip, path: path, message: "the gzip data is cut off; what comes before was read")
    }
}
