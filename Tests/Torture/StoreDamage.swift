import Foundation
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport
import VarveViews

/// View stores with changed bytes: any byte, or a field of a page's head set to 0, 1, its greatest value or a random one. Whoever
/// reads such a store, and every eighth time its projector too, ends with an answer or an error of ours. A trap ends the process.
struct StoreDamage {
    private static let views: [AnyView] = [
        .mergeable(.volume), .mergeable(.latency), .mergeable(.activeUsers), .sequential(SessionDefinition("sessions")),
    ]
    private static let refusals: Set<ViewError.Code> = [.damaged, .newerFormat, .unknownView, .outdatedView, .noStore]

    private let data: String
    private let path: String
    private let sound: [UInt8]
    private let hashes: [String]
    private var random: SeededRandom
    private var counts: [String: Int] = [:]

    /// Makes a log and its store in the new directory `data`.
    init(_ data: String, seed: UInt64) async throws {
        self.data = data
        path = data + "/views/main.sqlite"
        random = SeededRandom(seed: seed)
        let writer = try await LogWriter.open(at: data)
        var builder = BatchBuilder()
        for event in randomEvents(count: 1_500, seed: seed, ids: false) { builder.append(event) }
        _ = try await writer.append(builder.finish())
        try await writer.close()
        _ = try Projector.open(at: data, all: Self.views).runHere()
        sound = [UInt8](try Data(contentsOf: URL(filePath: path)))
        hashes = try Self.hashes(data)
    }

    /// Damages the store `count` times. Returns what became of it.
    mutating func run(_ count: Int) throws -> [String: Int] {
        for number in 0..<count {
            var bytes = sound
            if random.chance(1, in: 2) { hurtField(&bytes) } else { hurtByte(&bytes) }
            try put(bytes)
            do {
                let found = try Self.hashes(data)
                counts[found == hashes ? "harmless to readers" : "read otherwise", default: 0] += 1
            } catch let error as ViewError {
                note(error, "refused to readers", Self.refusals)
            }
            guard number.isMultiple(of: 8) else { continue }
            do {
                let progress = try Projector.open(at: data, all: Self.views).runHere()
                counts[progress.notes.isEmpty ? "not noticed by a run" : "built anew", default: 0] += 1
                if !progress.notes.isEmpty, try Self.hashes(data) != hashes { counts["built anew and wrong", default: 0] += 1 }
            } catch let error as ViewError {
                note(error, "refused to a run", [.aheadOfLog, .damaged, .newerFormat])
            }
        }
        return counts
    }

    private mutating func note(_ error: ViewError, _ outcome: String, _ allowed: Set<ViewError.Code>) {
        counts[outcome, default: 0] += 1
        if !allowed.contains(error.code) { counts["unexpected: \(error.code.rawValue)", default: 0] += 1 }
    }

    private mutating func hurtByte(_ bytes: inout [UInt8]) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
    }

    /// The head of the file (100 bytes), or that of a page: kind, first free block, cells, where they begin, fragments, the right
    /// child, and the first pointers to cells.
    private mutating func hurtField(_ bytes: inout [UInt8]) {
        let page = Int.random(in: 0..<bytes.count / 4_096, using: &random)
        let isHead = page == 0 && random.chance(1, in: 2)
        let start = isHead ? 0 : page * 4_096 + (page == 0 ? 100 : 0)
        let place = start + Int.random(in: 0..<(isHead ? 100 : 24), using: &random)
        let size = [1, 2, 4].randomElement(using: &random) ?? 1
        let other = UInt32.random(in: .min ... .max, using: &random)
        let values: [UInt32] = [0, 1, .max, other]
        let value = values.randomElement(using: &random) ?? 0
        for index in 0..<size where place + index < bytes.count {
            let shift = UInt32(8 * (size - 1 - index))
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    private func put(_ bytes: [UInt8]) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try? FileManager.default.removeItem(atPath: data + "/views/main.damaged")
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Asks all that a store can be asked; the views' hashes.
    private static func hashes(_ data: String) throws -> [String] {
        try ViewStore.open(at: data).read { reader throws(ViewError) in
            _ = (try reader.checkpoint(), try reader.views(), try reader.gaps(), try reader.poison())
            var hashes: [String] = []
            for view in views {
                switch view {
                case .mergeable(let view):
                    _ = try reader.rows(of: view, ViewQuery(bucket: .day))
                    hashes.append("\(try reader.hash(of: view))")
                case .sequential(let view):
                    _ = try reader.rows(of: view)
                    hashes.append("\(try reader.state(of: view).viewHash)")
                }
            }
            return hashes
        }
    }
}
