// `background-errors`: the background faults of the latest writer, for other processes (`varve log info`). The file is not
// synced, because it is only a report and nothing depends on it. Little-endian (docs/format/background-errors.md).
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
    /// Maximum length of a place or message in bytes; longer texts are cut.
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
                throw FormatError(.newerVersion, "the version of the file of background errors is not supported")
            }
            let count: UInt32 = try reader.take()
            guard try reader.takeStore() == store, count <= raw.count / 32 else {
                throw FormatError(.malformed, "the file of background errors belongs to another log")
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

    /// Writes the current faults for other processes. A disk error is ignored here because it is reported by the work that hit
    /// it.
    static func store(_ errors: [BackgroundError], _ store: StoreID, _ disk: any Disk, _ paths: StorePaths) {
        try? disk.replaceUnsynced(paths.backgroundErrors, with: encode(errors, store))
    }

    /// Removes the report of an earlier writer. Called once the current writer has recovered the log.
    static func clear(_ disk: any Disk, _ paths: StorePaths) throws {
        if try disk.kind(paths.backgroundErrors) == .file { try disk.remove(paths.backgroundErrors) }
    }

    /// The last report of the latest writer; empty when the file cannot be decoded.
    static func load(_ store: StoreID, _ disk: any Disk, _ paths: StorePaths) throws -> [BackgroundError] {
        guard try disk.kind(paths.backgroundErrors) == .file else { return [] }
        let bytes = try disk.openFile(paths.backgroundErrors).readAll(limit: bytesMax)
        return (try? decode(bytes, store)) ?? []
    }
}

extension LogReader {
    /// The background faults that the latest writer last reported; empty when there are none.
    public func backgroundErrors() throws(LogError) -> [BackgroundError] {
        try typed { try BackgroundErrorFile.load(store, disk, paths) }
    }
}
