import GRDB
import Testing
import VarveCatalog
import VarveDisk
import VarveProjections
import VarveTestSupport

@testable import VarveViews

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

private let views: [AnyView] = [.mergeable(.volume), .mergeable(.latency), .sequential(SessionDefinition("sessions"))]

/// Stores whose values are not what was written: of another kind, or damaged bytes of the file.
struct ForgedRowTests {
    /// Asks everything that a store can be asked.
    private func readAll(_ path: String) throws(ViewError) {
        try ViewStore.open(at: path).read { reader throws(ViewError) in
            _ = (try reader.checkpoint(), try reader.views(), try reader.gaps(), try reader.poison())
            for view in views {
                switch view {
                case .mergeable(let view): _ = try reader.rows(of: view, ViewQuery(bucket: .day))
                case .sequential(let view): _ = try reader.rows(of: view)
                }
            }
        }
    }

    private func expected(_ log: TestLog) throws -> [String: [UInt8]] {
        var bytes = log.expected([.volume, .latency]).bytes
        bytes["sessions"] = try ViewHistory.open(at: log.path).state(of: SessionDefinition("sessions")).canonicalBytes()
        return bytes
    }

    private func stored(_ log: TestLog) throws -> [String: [UInt8]] {
        var bytes = try log.stored([.volume, .latency])
        bytes["sessions"] = try log.storedState(SessionDefinition("sessions")).canonicalBytes()
        return bytes
    }

    /// A file that one byte had been changed in ended `view show` and `project` with SIGILL: the column held something else than
    /// the code asked for.
    @Test func `a value of any other kind in any column is damage, and the projector builds the store anew`() async throws {
        let log = TestLog(seed: 710)
        try await log.append(300)
        let path = log.path + "/views/main.sqlite"
        _ = try Projector.open(at: log.path, all: views).runHere()
        let expected = try expected(log)
        let sound = try RealDisk().openFile(path).readAll(limit: 1 << 26)
        let columns = try columns(path)
        #expect(columns.count > 20)
        var rebuilt = 0
        for (table, column) in columns {
            for value in ["NULL", "X'00FF'", "'text'", "-9223372036854775808", "9223372036854775807", "0.5"] {
                try forge(path, sound, "UPDATE \(table) SET \(column) = \(value)")
                do throws(ViewError) {
                    try readAll(log.path)
                } catch {
                    #expect([.damaged, .newerFormat, .unknownView, .outdatedView, .noStore].contains(error.code), "\(error)")
                }
                do throws(ViewError) {
                    rebuilt += try Projector.open(at: log.path, all: views).runHere().rebuilt.isEmpty ? 0 : 1
                } catch {
                    // A checkpoint far ahead is what a crash of the writer looks like.
                    #expect([.aheadOfLog].contains(error.code), "\(table).\(column) = \(value): \(error)")
                    continue
                }
                guard ["cells", "entries", "store"].contains(table) || column == "fingerprint" else { continue }
                let isRight = try stored(log) == expected
                #expect(isRight, "\(table).\(column) = \(value)")
            }
        }
        #expect(rebuilt > columns.count)
    }

    private func columns(_ path: String) throws -> [(String, String)] {
        try DatabaseQueue(path: path).read { db in
            try ["store", "checkpoint", "views", "cells", "entries"].flatMap { table in
                try db.columns(in: table).map { (table, $0.name) }
            }
        }
    }

    /// One plain file, and nothing beside it.
    private func put(_ bytes: [UInt8], at path: String) throws {
        let disk = RealDisk()
        for suffix in ["-wal", "-shm"] where try disk.kind(path + suffix) != nil { try disk.remove(path + suffix) }
        try disk.replaceUnsynced(path, with: bytes)
    }

    /// Puts the sound file back and changes it without SQLite's own checks.
    private func forge(_ path: String, _ sound: [UInt8], _ statement: String) throws {
        try put(sound, at: path)
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(sql: "UPDATE sqlite_master SET sql = replace(replace(sql, 'STRICT, ', ''), ') STRICT', ')')")
            try db.execute(sql: "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name <> 'cells'")
            try db.execute(sql: "UPDATE sqlite_master SET sql = replace(sql, 'CHECK (one = 1)', '')")
            try db.execute(sql: "PRAGMA writable_schema = RESET")
        }
        try queue.close()
        let again = try DatabaseQueue(path: path)
        again.inDatabase { db in try? db.execute(sql: statement) }
        try again.close()
    }

    /// One byte of the file at a time; `VARVE_STORE_FLIPS` sets how many.
    @Test func `a changed byte anywhere in the file is an error or an answer, and never a trap`() async throws {
        let log = TestLog(seed: 711)
        try await log.append(400)
        let path = log.path + "/views/main.sqlite"
        _ = try Projector.open(at: log.path, all: views).runHere()
        let expected = try expected(log)
        let sound = try RealDisk().openFile(path).readAll(limit: 1 << 26)
        var random = SeededRandom(seed: Scale.seed)
        var (refused, rebuilt, silent) = (0, 0, 0)
        for _ in 0..<Scale.number("VARVE_STORE_FLIPS", 400) {
            var bytes = sound
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            try put(bytes, at: path)
            do throws(ViewError) {
                try readAll(log.path)
            } catch {
                #expect([.damaged, .newerFormat, .unknownView, .outdatedView, .noStore].contains(error.code), "\(error)")
                refused += 1
            }
            guard Bool.random(using: &random) else { continue }
            do throws(ViewError) {
                let progress = try Projector.open(at: log.path, all: views).runHere()
                rebuilt += progress.notes.isEmpty ? 0 : 1
            } catch {
                #expect([.aheadOfLog].contains(error.code), "byte \(place): \(error)")
                continue
            }
            // What readers have seen as damage is gone; what they have not is in no cell.
            if try stored(log) != expected { silent += 1 }
        }
        print("store flips: \(refused) refused to readers, \(rebuilt) rebuilt, \(silent) unlike the log and not noticed")
        #expect(refused > 0 && rebuilt > 0)
    }
}

/// Numbers from the environment choose between the short form, which every run takes, and the long one.
private enum Scale {
    static func number(_ name: String, _ short: Int) -> Int {
        let text = getenv(name).map { String(cString: $0) }
        return text.flatMap { Int($0) } ?? short
    }

    static let seed = UInt64(number("VARVE_TORTURE_SEED", 1))
}
