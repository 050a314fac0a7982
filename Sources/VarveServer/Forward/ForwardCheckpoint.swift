internal import Foundation
internal import VarveDisk
public import VarveEvents
internal import VarveWire

/// How far a forwarder is, in a file that is replaced as a whole: everything before it was delivered, or refused for good.
///
/// The range that is being sent is written before the first attempt. After a crash the same range is sent again under the same
/// key, so that a receiver that knows such keys takes it once.
public struct ForwardCheckpoint: Hashable, Sendable {
    /// Events below were sent.
    public var offset: UInt64 = 0
    /// Rows of buckets that began before were sent; nil before the first.
    public var time: Timestamp?
    /// The end of the range that is being sent; nil between two.
    public var pendingOffset: UInt64?
    public var pendingTime: Timestamp?
    /// Since the first start.
    public var records: Int64 = 0
    public var requests: Int64 = 0
    public var attempts: Int64 = 0
    public var refused: Int64 = 0
    /// Records that the format cannot say.
    public var leftOut: Int64 = 0
    /// Events that retention removed before they were sent.
    public var lost: Int64 = 0

    var json: String {
        var line = JSONLine()
        line.field("offset", offset)
        line.field("time_ns", time?.nanoseconds)
        line.field("pending_offset", pendingOffset)
        line.field("pending_time_ns", pendingTime?.nanoseconds)
        for (name, value) in counts { line.field(name, value) }
        return line.text
    }

    /// The counts by their names.
    public var counts: [(name: String, value: Int64)] {
        [
            ("records", records), ("requests", requests), ("attempts", attempts), ("refused", refused), ("left_out", leftOut),
            ("lost", lost),
        ]
    }

    /// Nil for bytes that are none.
    init?(_ bytes: [UInt8]) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else { return nil }
        func number(_ name: String) -> Int64? { (object[name] as? NSNumber)?.int64Value }
        guard let offset = number("offset"), offset >= 0 else { return nil }
        self.offset = UInt64(offset)
        time = number("time_ns").map { Timestamp(nanoseconds: $0) }
        pendingOffset = number("pending_offset").flatMap { UInt64(exactly: $0) }
        pendingTime = number("pending_time_ns").map { Timestamp(nanoseconds: $0) }
        records = number("records") ?? 0
        requests = number("requests") ?? 0
        attempts = number("attempts") ?? 0
        refused = number("refused") ?? 0
        leftOut = number("left_out") ?? 0
        lost = number("lost") ?? 0
    }

    init() {}
}

/// The files of one forwarder below a data directory: its checkpoint, and a line for each attempt. Calls block.
struct ForwardFiles: Sendable {
    private let folder: String
    private let name: String
    /// The journal is begun anew beyond, and the one before it kept.
    private static let journalMax: UInt64 = 16 << 20

    init(_ data: String, _ name: String) {
        folder = ServerPaths(data).forward
        self.name = name
    }

    private var path: String { "\(folder)/\(name).json" }
    var journal: String { "\(folder)/\(name).attempts" }

    /// Makes the folder, and takes the forwarder's lock, which one process holds until it closes it or ends.
    func lock() throws(DiskError) -> DiskHandle {
        try RealDisk().makeDirectory(folder)
        return try RealDisk().lock("\(folder)/\(name).lock", note: processNote())
    }

    /// Nil where it never ran.
    func read() throws -> ForwardCheckpoint? {
        guard try RealDisk().kind(path) == .file else { return nil }
        guard let checkpoint = ForwardCheckpoint(try RealDisk().openFile(path).readAll(limit: 64 << 10)) else {
            throw ForwardError(.configuration, "\(path) is no checkpoint; without it everything would be sent again")
        }
        return checkpoint
    }

    func write(_ checkpoint: ForwardCheckpoint) throws(DiskError) {
        try RealDisk().replace(path, with: Array((checkpoint.json + "\n").utf8))
    }

    /// Adds a line to the journal of attempts.
    func note(_ line: String) {
        let size = (try? FileManager.default.attributesOfItem(atPath: journal)[.size] as? NSNumber)?.uint64Value ?? 0
        if size > Self.journalMax {
            try? FileManager.default.removeItem(atPath: journal + ".1")
            try? FileManager.default.moveItem(atPath: journal, toPath: journal + ".1")
        }
        if size == 0 || size > Self.journalMax {
            _ = FileManager.default.createFile(atPath: journal, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: journal) else { return }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data((line + "\n").utf8))
        try? file.close()
    }
}
