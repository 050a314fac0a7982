import Foundation
import Testing
import VarveTestSupport

/// `varve project --follow` beside an ingest, killed again and again.
@Suite(.serialized) struct ProjectorKillTests {
    private static let views = ["rollback_rate", "latency", "volume", "http_requests", "retry_success", "active_users"]

    @Test func `a killed projector has counted all below its checkpoint once, and ends like one that replays`() async throws {
        try await onThread {
            let kills = Scale.number("VARVE_PROJECTOR_KILLS", 30)
            var random = SeededRandom(seed: Scale.seed &+ 77)
            let ground = try Ground()
            let (folder, data) = (ground.url, ground.path("data"))
            let traffic = try Victim.run(Built.varve, ["generate", "--events", "20000"], in: folder)
                .text.split(separator: "\n").map { String($0) + "\n" }
            let ingest = try Victim(Built.varve, ["ingest", "-", "--data", data, "--acks"], in: folder, takesInput: true)
            // Some events first: a view store is made of a log that is there.
            ingest.feed(from: 0, to: kills * 3_000, everyMilliseconds: 200) { traffic[$0 % traffic.count] }
            for _ in 0..<3_000 where ingest.output.bytes.isEmpty && ingest.process.isRunning { usleep(5_000) }
            var checkpoints: [Int] = []
            for _ in 0..<kills {
                let victim = try Victim(Built.varve, ["project", "--data", data, "--follow"], in: folder)
                let wasKilled = victim.kill(afterMilliseconds: Int.random(in: 5...700, using: &random), ofOutput: false)
                try #require(wasKilled, "project ended by itself: \(victim.error.text)")
                if let checkpoint = try check(data, folder) { checkpoints.append(checkpoint) }
            }
            #expect(checkpoints == checkpoints.sorted(), "a checkpoint went back")
            // How far a projector gets before it is killed depends on the machine's speed: said, not demanded.
            if Set(checkpoints).count < 3 {
                print("NOT SEEN: a projector killed after several commits (checkpoints \(checkpoints))")
            }
            ingest.process.waitUntilExit()
            #expect(ingest.process.terminationStatus == 0, ingest.error.comment)
            _ = try Victim.run(Built.varve, ["project", "--data", data], in: folder)
            _ = try Victim.run(Built.varve, ["project", "--data", data, "--name", "fresh"], in: folder)
            for view in Self.views + ["sessions"] {
                let show = ["view", "show", view, "--data", data, "--json"]
                let found = try Victim.run(Built.varve, show, in: folder)
                let expected = try Victim.run(Built.varve, show + ["--name", "fresh"], in: folder)
                #expect(found.bytes == expected.bytes, "\(view) differs from a replay")
                #expect(view != "volume" || found.bytes.count > 100)
            }
            print("projector: \(kills) kills, checkpoints \(checkpoints), seed \(Scale.seed)")
        }
    }

    /// Every life gets at least one commit further, and dies a random moment after one of its first commits: in the middle of the
    /// next fold, of its transaction, of a sync, or between two. So hardly two lives end at one checkpoint, however fast the
    /// machine is.
    @Test func `a projector killed at many different checkpoints has counted every event below each once`() async throws {
        try await onThread {
            let kills = Scale.number("VARVE_CHECKPOINT_KILLS", 30)
            var random = SeededRandom(seed: Scale.seed &+ 78)
            let ground = try Ground()
            let (folder, data) = (ground.url, ground.path("data"))
            // A store that is built at once has one checkpoint; one that goes on has as many as it makes steps.
            try ingest(500, seed: 1, data, folder)
            _ = try Victim.run(Built.torture, ["project", data, "main", "100"], in: folder)
            try ingest(kills * 900, seed: 2, data, folder)
            var checkpoints: [Int] = []
            for _ in 0..<kills {
                let events = String(Int.random(in: 20...90, using: &random))
                let victim = try Victim(Built.torture, ["project", data, "main", events], in: folder)
                let lines = Int.random(in: 2...4, using: &random)
                let wasKilled = victim.kill(
                    afterLines: lines, microseconds: Int.random(in: 0...40_000, using: &random))
                try #require(wasKilled, "the projector ended by itself: \(victim.error.text)")
                checkpoints.append(try #require(try check(data, folder)))
            }
            #expect(checkpoints == checkpoints.sorted(), "a checkpoint went back")
            let different = Set(checkpoints).count
            #expect(different >= kills * 9 / 10, "\(different) different checkpoints in \(kills) kills: \(checkpoints)")
            for name in ["main", "fresh"] { _ = try Victim.run(Built.torture, ["project", data, name, "5000"], in: folder) }
            for view in Self.views {
                let show = ["view", "show", view, "--data", data, "--json"]
                let found = try Victim.run(Built.varve, show, in: folder)
                let expected = try Victim.run(Built.varve, show + ["--name", "fresh"], in: folder)
                #expect(found.bytes == expected.bytes, "\(view) differs from a replay")
            }
            print("projector: \(kills) kills at \(different) checkpoints, seed \(Scale.seed)")
        }
    }

    private func ingest(_ events: Int, seed: Int, _ data: String, _ folder: URL) throws {
        let traffic = try Victim.run(Built.varve, ["generate", "--events", String(events), "--seed", String(seed)], in: folder)
        let file = folder.appending(path: "traffic.ndjson")
        try traffic.bytes.write(to: file)
        _ = try Victim.run(
            Built.varve, ["ingest", file.path(percentEncoded: false), "--data", data, "--format", "ndjson"], in: folder)
    }

    /// The checkpoint, when there is a store; the events that `volume` counts are as many.
    private func check(_ data: String, _ folder: URL) throws -> Int? {
        let list = try Victim(Built.varve, ["view", "ls", "--data", data, "--json"], in: folder)
        list.process.waitUntilExit()
        // Killed before its store was made.
        guard list.process.terminationStatus == 0 else { return nil }
        let stored = try objects(list.output)
        guard let volume = stored.first(where: { $0["name"] as? String == "volume" }), let offset = volume["offset"] as? Int
        else { return nil }
        let rows = try objects(
            Victim.run(
                Built.varve, ["view", "show", "volume", "--by", "none", "--bucket", "all", "--data", data, "--json"], in: folder))
        let counted = rows.first?["events"] as? Int ?? 0
        #expect(counted == offset, "\(counted) events are counted, the checkpoint is \(offset)")
        return offset
    }

    private func objects(_ printed: Printed) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: printed.bytes) as? [[String: Any]], printed.comment)
    }
}
