import VarveDisk
import VarveEvents
import VarveWire

/// The file into which refused records go, in `rejected/` of the data directory. Made when the first record is refused.
struct DeadLetters {
    private let directory: String
    private let disk = RealDisk()
    private var file: DiskFile?
    private var size: UInt64 = 0

    /// Where it is, once there is one.
    var path: String? { file?.path }

    init(data: String) {
        directory = data + "/rejected"
    }

    /// Writes the records and makes them durable.
    mutating func add(_ rejections: [Rejection], file name: String) throws(DiskError) {
        guard !rejections.isEmpty else { return }
        if file == nil { file = try create() }
        guard let file else { return }
        var bytes: [UInt8] = []
        for rejection in rejections { bytes += rejection.deadLetter(file: name) }
        try file.write(bytes, at: size)
        size += UInt64(bytes.count)
        try file.syncData()
    }

    private func create() throws(DiskError) -> DiskFile {
        try disk.makeDirectory(directory)
        // The time makes the name readable, the attempt makes it new.
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
