/// Many strings in one buffer: entry i is `bytes[bounds[i] ..< bounds[i + 1]]`, valid UTF-8.
public struct StringTable: Hashable, Sendable {
    /// One more element than there are strings; starts at 0, never decreases, ends at `bytes.count`.
    public private(set) var bounds: [UInt32]
    public private(set) var bytes: [UInt8]

    public init() {
        bounds = [0]
        bytes = []
    }

    /// A table from stored parts. Nil unless the bounds are in order and all is valid UTF-8, split at character boundaries.
    public init?(bounds: [UInt32], bytes: [UInt8]) {
        guard let last = bounds.last, bounds.first == 0, Int(last) == bytes.count else { return nil }
        var previous: UInt32 = 0
        for bound in bounds {
            guard bound >= previous else { return nil }
            previous = bound
        }
        guard isUTF8(bytes) else { return nil }
        for bound in bounds where Int(bound) < bytes.count {
            guard bytes[Int(bound)] & 0xC0 != 0x80 else { return nil }
        }
        self.bounds = bounds
        self.bytes = bytes
    }

    /// The number of strings.
    public var count: Int { bounds.count - 1 }

    /// The string at `index`. Allocates; use `withBytes` in loops.
    public subscript(index: Int) -> String {
        withBytes(of: index) { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls `body` with the UTF-8 bytes of the string at `index`.
    public func withBytes<Result>(of index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = Int(bounds[index])..<Int(bounds[index + 1])
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Appends a string given as UTF-8, which the caller must have validated.
    public mutating func append(_ utf8: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: utf8)
        bounds.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// Appends the strings at `spans` of `text`.
    mutating func append(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer) {
        var end = bytes.count
        bounds.reserveAmortized(spans.count)
        for span in spans {
            end += Int(span.count)
            bounds.append(UInt32(truncatingIfNeeded: end))
        }
        bytes.reserveAmortized(end - bytes.count)
        for span in spans {
            let start = (text + Int(span.start)).assumingMemoryBound(to: UInt8.self)
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: Int(span.count)))
        }
    }

    /// Removes the last string.
    mutating func removeLast() {
        bounds.removeLast()
        bytes.removeLast(bytes.count - Int(bounds[bounds.count - 1]))
    }

    public mutating func reserve(strings: Int, bytes byteCount: Int) {
        bounds.reserveCapacity(strings + 1)
        bytes.reserveCapacity(byteCount)
    }
}

/// Whether `bytes` is well-formed UTF-8. An ASCII prefix is checked eight bytes at a time.
public func isUTF8(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
        var index = 0
        while index + 8 <= raw.count {
            if raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        return String(validating: raw[index...], as: UTF8.self) != nil
    }
}
