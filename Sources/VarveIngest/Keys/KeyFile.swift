internal import VarveBatchFormat
internal import VarveDisk
internal import VarveHash

/// One key file: a hash table with open addressing. A position is only overwritten for the same key, and never emptied. The file
/// is sparse. An entry torn by a power cut is ignored: it can only belong to a request that was not answered.
///
///     header 4,096: "VARVEKEY" · version u32 · log2 of the places u32 · store id 16 · created u64 (seconds) · zeros · XXH3-64
///     positions: entries of 128 bytes (`KeyEntry`)
struct KeyFile: Sendable {
    static let headerBytes = 4_096
    static let version: UInt32 = 1
    /// 8,192 to 2,097,152 entries: 1 MiB to 256 MiB.
    static let bits: ClosedRange<UInt32> = 13...21
    private static let magic = Array("VARVEKEY".utf8)
    /// The number of entries read at a time.
    private static let together = 8

    let file: DiskFile
    let bits: UInt32
    /// The creation time, in seconds since 1970.
    let created: UInt64
    var count = 0

    var places: Int { 1 << Int(bits) }
    /// Three quarters full: beyond that, probing takes long.
    var isFull: Bool { count >= places / 4 * 3 }

    /// Creates an empty file at `path`.
    static func create(
        _ path: String, bits: UInt32, store: StoreID, now: UInt64, on disk: any Disk
    ) throws(DiskError) -> KeyFile {
        var header = magic
        func put(_ value: UInt64, _ bytes: Int) {
            for byte in 0..<bytes { header.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
        }
        put(UInt64(version), 4)
        put(UInt64(bits), 4)
        put(store.high, 8)
        put(store.low, 8)
        put(now, 8)
        header += [UInt8](repeating: 0, count: headerBytes - 8 - header.count)
        put(header.withUnsafeBytes { XXH3.hash64($0) }, 8)
        let file = try disk.create(path)
        try file.truncate(to: UInt64(headerBytes) + UInt64(KeyEntry.bytes) << UInt64(bits))
        try file.write(header, at: 0)
        try file.syncData()
        return KeyFile(file: file, bits: bits, created: now)
    }

    /// Nil if the file does not belong to this log.
    static func open(_ path: String, store: StoreID, on disk: any Disk) throws(DiskError) -> KeyFile? {
        let file = try disk.openFile(path, .readWrite)
        let header = try file.read(headerBytes, at: 0)
        guard header.count == headerBytes, Array(header[..<8]) == magic else { return nil }
        func number(_ start: Int, _ bytes: Int) -> UInt64 {
            header[start..<start + bytes].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard header.dropLast(8).withUnsafeBytes({ XXH3.hash64($0) }) == number(headerBytes - 8, 8),
            number(8, 4) == UInt64(version), Self.bits.contains(UInt32(number(12, 4))),
            StoreID(high: number(16, 8), low: number(24, 8)) == store
        else { return nil }
        return KeyFile(file: file, bits: UInt32(number(12, 4)), created: number(32, 8))
    }

    func find(_ id: KeyID) throws(DiskError) -> KeyEntry? { try place(of: id).entry }

    /// Overwrites the entry of the same key, or writes to a free position. False if the table is full.
    mutating func put(_ entry: KeyEntry) throws(DiskError) -> Bool {
        let (place, known) = try place(of: entry.id)
        guard let place, known != nil || !isFull else { return false }
        try file.write(entry.encoded, at: position(place))
        if known == nil { count += 1 }
        return true
    }

    /// Calls `body` with every entry; reads a block at a time.
    func scan(_ body: (KeyEntry) throws(DiskError) -> Void) throws(DiskError) {
        let stretch = 4_096
        for first in stride(from: 0, to: places, by: stretch) {
            let bytes = try file.read(stretch * KeyEntry.bytes, at: position(first))
            for start in stride(from: 0, to: bytes.count / KeyEntry.bytes * KeyEntry.bytes, by: KeyEntry.bytes)
            where bytes[start..<start + 8].contains(where: { $0 != 0 }) {
                if let entry = KeyEntry(bytes[start..<start + KeyEntry.bytes]) { try body(entry) }
            }
        }
    }

    /// The position of a key, or the free position where it belongs; neither if the table is full.
    private func place(of id: KeyID) throws(DiskError) -> (place: Int?, entry: KeyEntry?) {
        var index = Int(truncatingIfNeeded: id.rest & UInt64(places - 1))
        var seen = 0
        while seen < places {
            let wanted = min(Self.together, places - index)
            let bytes = try file.read(wanted * KeyEntry.bytes, at: position(index))
            // Missing bytes of a truncated file count as zeros.
            for number in 0..<wanted {
                let start = number * KeyEntry.bytes
                guard start + KeyEntry.bytes <= bytes.count else { return (index + number, nil) }
                let slice = bytes[start..<start + KeyEntry.bytes]
                if slice.allSatisfy({ $0 == 0 }) { return (index + number, nil) }
                if let entry = KeyEntry(slice), entry.id == id { return (index + number, entry) }
            }
            seen += wanted
            index = (index + wanted) & (places - 1)
        }
        return (nil, nil)
    }

    private func position(_ place: Int) -> UInt64 { UInt64(Self.headerBytes + place * KeyEntry.bytes) }
}
