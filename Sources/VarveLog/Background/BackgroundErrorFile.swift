// `background-errors`: what was wrong behind the answers of the latest writer, for other processes (`varve log info`). Not
// synced: it is a report, and nothing goes by it. Little-endian (docs/format/background-errors.md).
//
//     VARVEERR · version u32 · errors u32 · store <16b> · per error: since i64, count u64, place, message
//     (texts: u32 length, zero u32, bytes, padded to 8) · XXH3-64 of everything before

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

enum BackgroundErrorFile {
    private static let magic = magicNumber("VARVEERR")
    private static let version: UInt32 = 1
    private static let bytesMax = 1 << 20
    /// Of a place or a message; what is longer is cut.
    private static let textMax = 4_096

    static func encode(_ errors: [BackgroundError], _ store: StoreID) -> [UInt8] {
        var out = BytesOut()
        out.put(magic)
        out.put(version)
        out.put(UInt32(errors.count))
        out.put(store)
        for error in errors {
            out.put(error.since.nanoseconds)
            out.put(UInt64(error.count))
            for text in [error.place, error.message] { out.put(text: String(text.prefix(textMax / 4))) }
        }
        out.seal()
        return out.bytes
    }

    static func decode(_ bytes: [UInt8], _ store: StoreID) throws -> [BackgroundError] {
        try bytes.withUnsafeBytes { raw in
            try BytesIn.checkSeal(raw, "the file of background errors")
            var reader = BytesIn(raw, "background errors")
            guard try reader.take() == magic, try reader.take() == version else {
                throw FormatError(.newerVersion, "another file of background errors")
            }
            let count: UInt32 = try reader.take()
            guard try reader.takeStore() == store, count <= raw.count / 32 else {
                throw FormatError(.malformed, "the background errors of another log")
            }
            return try (0..<count).map { _ in
                let since = Timestamp(nanoseconds: try reader.take())
                let times: UInt64 = try reader.take()
                return BackgroundError(
                    since: since, place: try reader.takeText(), message: try reader.takeText(),
                    count: Int(clamping: times))
            }
        }
    }

    /// Writes what is wrong, for others. A disk that does not take it has told so elsewhere.
    static func store(_ errors: [BackgroundError], _ store: StoreID, _ disk: any Disk, _ paths: StorePaths) {
        try? disk.replaceUnsynced(paths.backgroundErrors, with: encode(errors, store))
    }

    /// Forgets what an earlier writer reported: this one has recovered the log.
    static func clear(_ disk: any Disk, _ paths: StorePaths) throws {
        if try disk.kind(paths.backgroundErrors) == .file { try disk.remove(paths.backgroundErrors) }
    }

    /// What the latest writer reported last; nothing when that cannot be read.
    static func load(_ store: StoreID, _ disk: any Disk, _ paths: StorePaths) throws -> [BackgroundError] {
        guard try disk.kind(paths.backgroundErrors) == .file else { return [] }
        let bytes = try disk.openFile(paths.backgroundErrors).readAll(limit: bytesMax)
        return (try? decode(bytes, store)) ?? []
    }
}

extension LogReader {
    /// What was wrong behind the answers of the latest writer when it last reported; empty when nothing was.
    public func backgroundErrors() throws(LogError) -> [BackgroundError] {
        try typed { try BackgroundErrorFile.load(store, disk, paths) }
    }
}
