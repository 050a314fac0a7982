internal import Foundation

/// The bytes of an input that have been read but not yet decoded.
///
///     | 64 spare | … consumed … | start ….. end | room | 64 padding |
///
/// The spare bytes in front let a decoder write one byte before a line; the padding lets simdjson read past the end.
struct ByteWindow: ~Copyable {
    static let margin = 64
    private(set) var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var start = margin
    private(set) var end = margin

    init(capacity: Int = 64 << 10) {
        self.capacity = capacity
        base = .allocate(capacity: capacity + 2 * Self.margin)
        memset(base, 0, capacity + 2 * Self.margin)
    }

    deinit {
        base.deallocate()
    }

    var count: Int { end - start }

    /// The bytes to decode. Valid until the next `reserve`.
    var bytes: UnsafeMutablePointer<UInt8> { base + start }

    /// Makes room for at least `room` more bytes after the last one.
    mutating func reserve(_ room: Int) -> UnsafeMutableRawBufferPointer {
        if start > Self.margin, Self.margin + capacity - end < room || start == end {
            memmove(base + Self.margin, base + start, count)
            end = Self.margin + count
            start = Self.margin
        }
        if Self.margin + capacity - end < room {
            let wanted = max(capacity * 2, count + room)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted + 2 * Self.margin)
            memset(larger, 0, wanted + 2 * Self.margin)
            memcpy(larger + Self.margin, base + Self.margin, count)
            base.deallocate()
            base = larger
            capacity = wanted
        }
        return UnsafeMutableRawBufferPointer(start: base + end, count: Self.margin + capacity - end)
    }

    mutating func commit(_ count: Int) {
        precondition(end + count <= Self.margin + capacity, "\(count) bytes do not fit the window")
        end += count
    }

    mutating func consume(_ count: Int) {
        precondition(count <= end - start, "\(count) bytes are more than the \(end - start) of the window")
        start += count
    }
}
