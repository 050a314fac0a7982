// Writing and reading little-endian numbers of the log's small fixed structures.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// Appends values to a byte array.
struct BytesOut {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    mutating func put<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    mutating func put(_ store: StoreID) {
        put(store.high)
        put(store.low)
    }

    /// Length u32, zero u32, UTF-8, zeros to a multiple of 8.
    mutating func put(text: String) {
        put(UInt32(text.utf8.count))
        put(UInt32(0))
        put(text.utf8)
        pad()
    }

    /// Appends zeros up to a multiple of 8.
    mutating func pad() {
        while bytes.count % 8 != 0 { bytes.append(0) }
    }

    /// Appends the XXH3-64 of everything before.
    mutating func seal(seed: UInt64 = 0) {
        put(bytes.withUnsafeBytes { XXH3.hash64($0, seed: seed) })
    }
}

/// Reads values from bytes; every read is bounds-checked.
struct BytesIn {
    let raw: UnsafeRawBufferPointer
    private(set) var position = 0
    /// What the bytes are, for error messages.
    let what: String

    init(_ raw: UnsafeRawBufferPointer, _ what: String) {
        self.raw = raw
        self.what = what
    }

    mutating func take<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
        let size = MemoryLayout<Number>.size
        guard raw.count - position >= size else { throw FormatError(.truncated, "\(what) ends at byte \(raw.count)") }
        defer { position += size }
        return Number(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count >= 0, raw.count - position >= count else {
            throw FormatError(.truncated, "\(what) ends at byte \(raw.count)")
        }
        defer { position += count }
        return Array(raw[position..<(position + count)])
    }

    /// Reads an offset and checks that it is in range.
    mutating func takeOffset() throws -> Offset {
        let offset = Offset(try take())
        guard offset <= Offset.limit else { throw FormatError(.malformed, "\(what): no log has an offset \(offset)") }
        return offset
    }

    /// Reads a range of offsets and checks it.
    mutating func takeOffsets() throws -> Range<UInt64> {
        let (lower, upper) = (try takeOffset(), try takeOffset())
        guard lower <= upper else { throw FormatError(.malformed, "\(what): offsets from \(lower) to \(upper)") }
        return lower.value..<upper.value
    }

    mutating func takeStore() throws -> StoreID {
        StoreID(high: try take(), low: try take())
    }

    mutating func takeDigest() throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try take(32)) else { throw FormatError(.malformed, "\(what): not a digest") }
        return digest
    }

    mutating func takeText() throws -> String {
        let length = Int(try take(UInt32.self))
        guard try take() == UInt32(0) else { throw FormatError(.malformed, "\(what): reserved bytes are not zero") }
        let text = String(decoding: try take(length), as: UTF8.self)
        try skipPadding()
        return text
    }

    mutating func skipPadding() throws {
        while position % 8 != 0 {
            guard try take(UInt8.self) == 0 else { throw FormatError(.malformed, "\(what): padding is not zero") }
        }
    }

    /// Verifies that the last 8 bytes of `raw` are the XXH3-64 of the rest.
    static func checkSeal(_ raw: UnsafeRawBufferPointer, seed: UInt64 = 0, _ what: String) throws {
        guard raw.count >= 8 else { throw FormatError(.truncated, "\(what) has \(raw.count) bytes") }
        let body = UnsafeRawBufferPointer(rebasing: raw[0..<(raw.count - 8)])
        let stored = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
        guard XXH3.hash64(body, seed: seed) == stored else {
            throw FormatError(.checksumMismatch, "the checksum of \(what) does not match")
        }
    }
}

/// The eight ASCII bytes of `text` as a magic number.
func magicNumber(_ text: StaticString) -> UInt64 {
    precondition(text.utf8CodeUnitCount == 8, "a magic has 8 bytes")
    return UnsafeRawPointer(text.utf8Start).loadUnaligned(as: UInt64.self).littleEndian
}
