internal import Foundation
internal import Synchronization
internal import VarveDisk

/// A line of a file of `access/`.
protocol AccessRecord: Sendable {
    /// Nil for fields that are none of such a record.
    init?(fields: [String])
    /// Its fields; tabs and line ends in them become blanks.
    var fields: [String] { get }
}

/// A file of `access/`: one line for each record, readable by its owner alone. A change replaces the file under a lock, so that a
/// crash leaves the old file or the new one. Commands change it while a server runs, which sees that within a second.
final class AccessFile<Record: AccessRecord>: Sendable {
    struct Known: Sendable {
        var records: [Record] = []
        /// Why the file cannot be read; `records` are those that were read before.
        var fault: String?
        fileprivate var version: String?
        fileprivate var lookedAt: ContinuousClock.Instant?
    }

    private let paths: ServerPaths
    private let path: String
    /// What the records are called in messages.
    private let what: String
    private let known = Mutex(Known())

    init(_ paths: ServerPaths, _ path: String, _ what: String) {
        self.paths = paths
        self.path = path
        self.what = what
    }

    /// The records of now, from the disk.
    func read() throws(ServerError) -> [Record] {
        do {
            guard try RealDisk().kind(path) != nil else { return [] }
            let bytes = try RealDisk().openFile(path).readAll(limit: AccessLimits.fileBytes)
            return try bytes.split(separator: 0x0A).map { line throws(ServerError) in
                let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
                guard let record = Record(fields: fields.map(String.init)) else {
                    throw ServerError(.configuration, "a line of the file of \(what) is not one of them")
                }
                return record
            }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.configuration, "the \(what) in \(path) cannot be read: \(error)")
        }
    }

    /// The records as they were at most half a second ago. While the file is broken, those that were known before.
    var current: Known {
        known.withLock { known in
            let now = ContinuousClock().now
            if let lookedAt = known.lookedAt, now - lookedAt < .milliseconds(500) { return known }
            known.lookedAt = now
            let version = Self.version(of: path)
            guard version != known.version || known.fault != nil else { return known }
            known.version = version
            do throws(ServerError) {
                known.records = try read()
                known.fault = nil
            } catch {
                known.fault = error.message
            }
            return known
        }
    }

    /// Reads the file, changes its records, and replaces it.
    func change<Value>(_ body: (inout [Record]) throws(ServerError) -> Value) throws(ServerError) -> Value {
        let value: Value
        do {
            let disk = RealDisk()
            for folder in [paths.root, paths.access] where try disk.kind(folder) == nil { try disk.makeDirectory(folder) }
            chmod(paths.access, 0o700)
            let lock = try Self.lock(paths.accessLock, disk)
            defer { disk.close(lock) }
            var all = try read()
            value = try body(&all)
            try disk.replace(path, with: all.flatMap { Array(Self.line($0).utf8) })
            chmod(path, 0o600)
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.configuration, "the \(what) in \(path) cannot be written: \(error)")
        }
        known.withLock { $0.lookedAt = nil }
        return value
    }

    private static func line(_ record: Record) -> String {
        let plain = record.fields.map { $0.replacing(/[\t\r\n]/, with: " ") }
        return plain.joined(separator: "\t") + "\n"
    }

    /// Changes when the file does.
    private static func version(of path: String) -> String? {
        guard let status = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        let time = (status[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(status[.systemFileNumber] ?? 0) \(status[.size] ?? 0) \(time)"
    }

    /// Waits a second for another command, or for a child that has not let go of what it was born with.
    private static func lock(_ path: String, _ disk: RealDisk) throws -> DiskHandle {
        for _ in 0..<50 {
            do throws(DiskError) { return try disk.lock(path, note: processNote()) } catch {
                guard error.code == .lockHeld else { throw error }
                usleep(20_000)
            }
        }
        return try disk.lock(path, note: processNote())
    }
}

enum AccessLimits {
    /// Bytes of a file of `access/`; one that is longer is not read.
    static let fileBytes = 4 << 20
}
