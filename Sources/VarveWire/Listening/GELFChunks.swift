/// Puts datagrams of GELF together: whole ones, and those cut into chunks, each plain or packed with gzip or zlib.
///
///     1e 0f   id (8 bytes)   place   count   a part of the message
///
/// Memory is bounded: messages that are not complete after five seconds are dropped, and the oldest where too many are begun.
public struct GELFChunks {
    public enum Outcome: Hashable, Sendable {
        /// A message, unpacked.
        case message([UInt8])
        case waiting
        /// The datagram is none, or its message cannot be unpacked.
        case broken(String)
    }

    private struct Pending {
        var since: Double
        var parts: [[UInt8]?]
        var left: Int
        var bytes = 0
    }

    /// The chunks of one message.
    public static let chunksMax = 128
    private static let pendingMax = 1_024
    private static let pendingBytesMax = 16 << 20
    private static let seconds = 5.0
    private let most: Int
    private var pending: [UInt64: Pending] = [:]
    private var bytes = 0
    /// Messages that were given up because they did not become complete.
    public private(set) var dropped = 0

    /// - Parameter most: The most bytes of an unpacked message.
    public init(most: Int) { self.most = most }

    /// - Parameter now: Seconds of a clock that does not go back.
    public mutating func take(_ datagram: UnsafeRawBufferPointer, now: Double) -> Outcome {
        expire(now)
        guard datagram.count >= 2, datagram[0] == 0x1E, datagram[1] == 0x0F else { return unpack(datagram) }
        guard datagram.count > 12 else { return .broken("a chunk has twelve bytes before its part") }
        let id = datagram.loadUnaligned(fromByteOffset: 2, as: UInt64.self)
        let (place, count) = (Int(datagram[10]), Int(datagram[11]))
        guard count >= 1, count <= Self.chunksMax, place < count else { return .broken("chunk \(place) of \(count) is none") }
        var message = pending[id] ?? Pending(since: now, parts: Array(repeating: nil, count: count), left: count)
        guard message.parts.count == count else { return .broken("the chunks of a message differ in their number") }
        guard message.parts[place] == nil else { return .waiting }
        let part = Array(datagram[12...])
        message.parts[place] = part
        message.left -= 1
        message.bytes += part.count
        bytes += part.count
        if message.left == 0 {
            drop(id, message)
            return message.parts.flatMap { $0 ?? [] }.withUnsafeBytes { unpack($0) }
        }
        pending[id] = message
        makeRoom()
        return .waiting
    }

    /// Gives up messages that have waited too long.
    public mutating func expire(_ now: Double) {
        for (id, message) in pending where now - message.since > Self.seconds {
            drop(id, message)
            dropped += 1
        }
    }

    private mutating func drop(_ id: UInt64, _ message: Pending) {
        bytes -= message.bytes
        pending[id] = nil
    }

    private mutating func makeRoom() {
        while pending.count > Self.pendingMax || bytes > Self.pendingBytesMax,
            let oldest = pending.min(by: { $0.value.since < $1.value.since })
        {
            drop(oldest.key, oldest.value)
            dropped += 1
        }
    }

    private func unpack(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let coding: BodyInflater.Coding
        if bytes.starts(with: [0x1F, 0x8B]) {
            coding = .gzip
        } else if bytes.count > 2, bytes[0] & 15 == 8, (UInt16(bytes[0]) << 8 | UInt16(bytes[1])) % 31 == 0 {
            coding = .deflate
        } else {
            return bytes.count <= most ? .message(Array(bytes)) : .broken("the message has more than \(most) bytes")
        }
        do throws(InputError) {
            return .message(try PackedBytes.unpack(bytes, coding, most: most))
        } catch {
            return .broken(error.message)
        }
    }
}
