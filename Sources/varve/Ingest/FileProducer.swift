// Files that number their appends by their own lines, so that a file which is ingested again appends only what is missing, with
// or without ids. The producer is a name, the bytes of the files, and the options that decide which lines are taken; the number
// of an append is the place of its last event. The log keeps both with the events, in one frame: nothing else has to be kept, and
// nothing can disagree with the log.
//
//     number = line × 2²⁴ + which event of that line, from 0 on; lines count through all files

import VarveDisk
import VarveEvents
import VarveHash
import VarveLog

struct FileProducer {
    private let number: UInt64
    /// The place of the last event that the log had when it was opened.
    private let known: UInt64?
    /// Everything that is known is below.
    private let knownEnd: UInt64
    private var line = 0
    private var index = 0

    /// What a file is called as a producer; 0 is nobody's number.
    init(_ fingerprint: UInt64, _ log: LogWriter) {
        number = max(1, fingerprint)
        let latest = log.latestAppend(of: number)
        known = latest?.stamp.sequence
        knownEnd = latest?.offsets.upperBound ?? 0
    }

    /// Events of a block that are in the log, which are its first ones, and the number of an append of the others.
    struct Share {
        var known: Int
        var stamp: ProducerStamp
        /// What is known is below.
        var knownEnd: UInt64
    }

    /// Takes the events of a block, whose records begin at these lines of a file before which there were so many.
    mutating func take(_ lines: [UInt32], linesBefore: Int) throws -> Share {
        var share = Share(
            known: 0, stamp: ProducerStamp(producer: number, epoch: 1, sequence: 0), knownEnd: knownEnd)
        for row in lines {
            guard row < .max else {
                throw CommandFailure(.usage, "--producer counts \(UInt32.max) lines in a file at most", next: "split the file")
            }
            let next = linesBefore + Int(row)
            index = next == line ? index + 1 : 0
            line = next
            share.stamp.sequence = UInt64(line) << 24 | UInt64(min(index, 1 << 24 - 1))
            if let known, share.stamp.sequence <= known { share.known += 1 }
        }
        return share
    }

    /// A number for the name, how the files are read, and their bytes, in their order. Reads them once, on a thread that may
    /// block.
    static func fingerprint(_ name: String, reading: String, _ files: [String]) async throws -> UInt64 {
        let result: Result<UInt64, any Error> = await withUnsafeContinuation { continuation in
            startBlockingThread { continuation.resume(returning: Result { try hash(name, reading, files) }) }
        }
        return try result.get()
    }

    private static func hash(_ name: String, _ reading: String, _ files: [String]) throws -> UInt64 {
        let disk = RealDisk()
        var all = SHA256Hasher()
        all.update(Array("varve ingest \(reading) --producer \(name)".utf8))
        for path in files {
            guard try disk.kind(path) == .file else {
                throw CommandFailure(
                    .inputOutput, "--producer needs files that can be read twice, and this is none", place: path,
                    next: "leave --producer out, or save the input as a file first; nothing was written")
            }
            let file = try disk.openFile(path)
            var one = SHA256Hasher()
            var position: UInt64 = 0
            while true {
                let bytes = try file.read(1 << 20, at: position)
                if bytes.isEmpty { break }
                one.update(bytes)
                position += UInt64(bytes.count)
            }
            all.update(one.finalize().bytes)
        }
        return all.finalize().bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
