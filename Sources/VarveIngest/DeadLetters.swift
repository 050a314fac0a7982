public import VarveDisk
internal import VarveEvents
public import VarveWire

/// The file of refused records. It is created when the first record is refused. Thread-safe.
public final class DeadLetters: Sendable {
    private struct State: Sendable {
        var file: DiskFile?
        var size: UInt64 = 0
    }

    /// The directory of the file.
    public let directory: String
    private let disk: any Disk
    private let state = Monitor(State())

    public init(in directory: String, disk: any Disk = RealDisk()) {
        self.directory = directory
        self.disk = disk
    }

    /// The path of the file; nil while no record has been refused.
    public var path: String? { state.withLock(notify: false) { $0.file?.path } }

    /// Writes the records and syncs the file. Blocks the thread. `name` is the input they came from.
    public func add(_ rejections: [Rejection], from name: String) throws(DiskError) {
        guard !rejections.isEmpty else { return }
        var bytes: [UInt8] = []
        for rejection in rejections { bytes += rejection.deadLetter(file: name) }
        let result = state.withLock { state in
            Result { () throws(DiskError) in
                let file: DiskFile
                if let open = state.file { file = open } else { file = try create() }
                state.file = file
                try file.write(bytes, at: state.size)
                state.size += UInt64(bytes.count)
                try file.syncData()
            }
        }
        try result.get()
    }

    /// Like `add`, for async callers: runs on a separate thread.
    func addInBackground(_ rejections: [Rejection], from name: String) async throws(DiskError) {
        guard !rejections.isEmpty else { return }
        let result: Result<Void, DiskError> = await onBlockingThread {
            Result { () throws(DiskError) in try self.add(rejections, from: name) }
        }
        try result.get()
    }

    private func create() throws(DiskError) -> DiskFile {
        try disk.makeDirectory(directory)
        // The time makes the name readable, the attempt number makes it unique.
        let time = RFC3339.text(Timestamp(nanoseconds: wallClockNanoseconds())).filter { $0 != ":" && $0 != "-" }
        var attempt = 0
        while true {
            let path = directory + "/" + time + (attempt == 0 ? "" : "-\(attempt)") + ".ndjson"
            do throws(DiskError) {
                return try disk.create(path)
            } catch {
                guard error.code == .exists, attempt < 1_000 else { throw error }
                attempt += 1
            }
        }
    }
}

/// Runs `body` on a new thread, which it may block.
func onBlockingThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withUnsafeContinuation { continuation in
        startBlockingThread { continuation.resume(returning: body()) }
    }
}
