internal import VarveBatchFormat
internal import VarveDisk

/// `log/retention`, 64 bytes, in logs before manifest version 4. It is read until the first retention stores its state in the
/// manifest.
///
///     VARVERTN · version u32 · has clock u32 · limit i64 · wall i64 · since start i64 · start u64 · zero u64 · XXH3-64 <8b>
enum RetentionFile {
    private static let magic = magicNumber("VARVERTN")
    private static let version: UInt32 = 1
    private static let size = 64

    /// The state in the file. Thirty days when the file is missing, because no retention has run; nil when it cannot be read.
    static func read(_ disk: any Disk, _ paths: StorePaths) throws -> RetentionMemory? {
        guard let kind = try disk.kind(paths.retention) else { return RetentionMemory() }
        guard kind == .file, let bytes = try? disk.openFile(paths.retention).read(size, at: 0) else { return nil }
        return try? bytes.withUnsafeBytes { try parse($0) }
    }

    private static func parse(_ raw: UnsafeRawBufferPointer) throws -> RetentionMemory {
        guard raw.count == size else { throw FormatError(.truncated, "\(raw.count) bytes") }
        try BytesIn.checkSeal(raw, "the retention file")
        var reader = BytesIn(raw, "retention file")
        guard try reader.take() == magic, try reader.take() == version else {
            throw FormatError(.newerVersion, "another version")
        }
        let hasClock: UInt32 = try reader.take()
        let limit: Int64 = try reader.take()
        let clock = ClockReading(wall: try reader.take(), sinceStart: try reader.take(), start: try reader.take())
        return RetentionMemory(clock: hasClock == 0 ? nil : clock, limit: limit)
    }
}
