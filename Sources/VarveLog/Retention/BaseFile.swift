// `log/base/<R>.base`: the view states at R in one file. Their bytes are opaque. Little-endian (docs/format/retention.md).
//
//     ┌──────────┬─────────────┬───────────────┬────────────────┬────────┬───────────┬──────────┬─────────┐
//     │ VARVEBAS │ version u32 │ head size u32 │ store id <16b> │ R u64  │ count u32 │ zero u32 │ hash    │
//     ├──────────┴─────────────┴───────────────┴────────────────┴────────┴───────────┴──────────┴─────────┤
//     │ per blob: position u64 · length u64 · XXH3-64 u64 · name length u32 · zero u32 · name, padded to 8│
//     ├───────────────────────────────────────────────────────────────────────────────────────────────────┤
//     │ blobs, each padded to 8 with zeros                                                                │
//     └───────────────────────────────────────────────────────────────────────────────────────────────────┘
//
// `head size` covers the fixed part and the directory; `hash` is the XXH3-64 of both, computed with the hash field as zero. The
// manifest holds the file's SHA-256 next to R, so a file left by a crash, for an R that never took effect, is not used.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

enum BaseFile {
    private static let magic = magicNumber("VARVEBAS")
    private static let version: UInt32 = 1
    static let fixedSize = 56
    private static let entrySize = 32
    private static let hashAt = 48
    /// Longer names, or more blobs, are a mistake.
    static let nameBytesMax = 1_024
    static let blobsMax = 65_536

    /// The position of a blob in the file.
    struct Entry: Hashable, Sendable {
        var name: String
        var position: UInt64
        var length: UInt64
        var hash: UInt64
    }

    /// Encodes a base file.
    ///
    /// - Throws: `.refused` for names that are empty, too long or duplicate, and for too many blobs.
    static func encode(_ blobs: [BaseBlob], _ store: StoreID, at boundary: Offset) throws -> [UInt8] {
        let blobs = blobs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try check(blobs)
        let head = blobs.reduce(fixedSize) { $0 + entrySize + padded($1.name.utf8.count) }
        var out = BytesOut(reserving: blobs.reduce(head) { $0 + padded($1.bytes.count) })
        out.put(magic)
        out.put(version)
        out.put(UInt32(head))
        out.put(store)
        out.put(boundary.value)
        out.put(UInt32(blobs.count))
        out.put(UInt32(0))
        out.put(UInt64(0))
        var position = head
        for blob in blobs {
            out.put(UInt64(position))
            out.put(UInt64(blob.bytes.count))
            out.put(blob.bytes.withUnsafeBytes { XXH3.hash64($0) })
            out.put(UInt32(blob.name.utf8.count))
            out.put(UInt32(0))
            out.put(blob.name.utf8)
            out.pad()
            position += padded(blob.bytes.count)
        }
        precondition(out.bytes.count == head, "a head of \(out.bytes.count) bytes that says \(head)")
        let hash = out.bytes.withUnsafeBytes { XXH3.hash64($0) }
        for blob in blobs {
            out.put(blob.bytes)
            out.pad()
        }
        var bytes = out.bytes
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: hashAt, as: UInt64.self) }
        return bytes
    }

    private static func check(_ blobs: [BaseBlob]) throws {
        guard blobs.count <= blobsMax else {
            throw LogError(.refused, "\(blobs.count) bases were supplied; the limit is \(blobsMax)")
        }
        for blob in blobs where blob.name.isEmpty || blob.name.utf8.count > nameBytesMax {
            throw LogError(.refused, "the name of a base has \(blob.name.utf8.count) bytes; 1 to \(nameBytesMax) are allowed")
        }
        for (left, right) in zip(blobs, blobs.dropFirst()) where left.name == right.name {
            throw LogError(.refused, "two bases are called \(left.name)")
        }
    }

    /// The size of fixed part and directory, read from the first `fixedSize` bytes of a file of `size` bytes.
    static func headSize(_ raw: UnsafeRawBufferPointer, fileSize size: UInt64) throws -> Int {
        var reader = BytesIn(raw, "base file")
        guard try reader.take() == magic else { throw FormatError(.notAFrame, "the file does not begin with VARVEBAS") }
        let version: UInt32 = try reader.take()
        guard version == Self.version else {
            throw FormatError(.newerVersion, "base file version \(version); this program reads \(Self.version)")
        }
        let head = Int(try reader.take(UInt32.self))
        guard head >= fixedSize, UInt64(head) <= size else {
            throw FormatError(.truncated, "a base file of \(size) bytes with a head of \(head)")
        }
        return head
    }

    /// The store id in the header of a base file. Nothing is verified.
    static func store(_ raw: UnsafeRawBufferPointer) throws -> StoreID {
        var reader = BytesIn(raw, "base file")
        _ = try reader.take(16)
        return try reader.takeStore()
    }

    /// Parses the directory of a file of `size` bytes; `head` is its fixed part and directory.
    static func entries(_ head: UnsafeRawBufferPointer, _ store: StoreID, at boundary: Offset, fileSize size: UInt64) throws
        -> [Entry]
    {
        var copy = Array(head)
        guard copy.count >= fixedSize else { throw FormatError(.truncated, "a base file of \(copy.count) bytes") }
        let stored = UInt64(littleEndian: head.loadUnaligned(fromByteOffset: hashAt, as: UInt64.self))
        for index in hashAt..<(hashAt + 8) { copy[index] = 0 }
        guard copy.withUnsafeBytes({ XXH3.hash64($0) }) == stored else {
            throw FormatError(.checksumMismatch, "the checksum of the head of a base file does not match")
        }
        var reader = BytesIn(head, "base file")
        _ = try reader.take(16)
        guard try reader.takeStore() == store, try reader.take() == boundary.value else {
            throw FormatError(.malformed, "the base file belongs to another log or another R")
        }
        let count = Int(try reader.take(UInt32.self))
        _ = try reader.take(12)
        guard count <= blobsMax else { throw FormatError(.malformed, "a base file with \(count) blobs") }
        var next = UInt64(head.count)
        var entries: [Entry] = []
        for _ in 0..<count {
            let (position, length, hash): (UInt64, UInt64, UInt64) = (try reader.take(), try reader.take(), try reader.take())
            let nameLength = Int(try reader.take(UInt32.self))
            guard try reader.take() == UInt32(0), (1...nameBytesMax).contains(nameLength), position == next,
                position <= size, length <= size - position
            else { throw FormatError(.malformed, "blob \(entries.count) of a base file does not fit into it") }
            let name = String(decoding: try reader.take(nameLength), as: UTF8.self)
            try reader.skipPadding()
            entries.append(Entry(name: name, position: position, length: length, hash: hash))
            next = position + (length + 7) / 8 * 8
        }
        guard reader.position == head.count, next == size else {
            throw FormatError(.malformed, "a base file of \(size) bytes whose blobs end at \(next)")
        }
        return entries
    }

    /// All blobs of a file; verifies every byte.
    static func decode(_ bytes: [UInt8], _ store: StoreID, at boundary: Offset) throws -> [BaseBlob] {
        try bytes.withUnsafeBytes { raw in
            let head = try headSize(raw, fileSize: UInt64(raw.count))
            let part = UnsafeRawBufferPointer(rebasing: raw[0..<head])
            return try entries(part, store, at: boundary, fileSize: UInt64(raw.count)).map { entry in
                let range = Int(entry.position)..<Int(entry.position + entry.length)
                let end = padded(range.upperBound)
                guard raw[range.upperBound..<end].allSatisfy({ $0 == 0 }) else {
                    throw FormatError(.malformed, "padding after the base \(entry.name) is not zero")
                }
                return BaseBlob(name: entry.name, bytes: try checked(Array(raw[range]), entry))
            }
        }
    }

    static func checked(_ bytes: [UInt8], _ entry: Entry) throws -> [UInt8] {
        guard bytes.count == Int(entry.length), bytes.withUnsafeBytes({ XXH3.hash64($0) }) == entry.hash else {
            throw FormatError(.checksumMismatch, "the checksum of the base \(entry.name) does not match")
        }
        return bytes
    }

    private static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }
}
