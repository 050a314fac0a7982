import Foundation
import Testing

/// One flipped byte, seen by one command after the other; and copies that would be none.
struct DamageTests {
    @Test func `after a flipped byte everything else is delivered, repair says what is lost, and the log goes on`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        // Two runs are two frames; the first one is hurt.
        for seed in ["1", "2"] {
            let made = try BuiltCommand.run("generate", "--events", "1000", "--seed", seed)
            let taken = try BuiltCommand.run("ingest", try folder.file("\(seed).ndjson", made.out), "--data", data)
            #expect(taken.code == 0, "\(taken.err)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: data + "/log").filter { $0.hasSuffix(".seg") }.sorted()
        let path = URL(filePath: data + "/log/" + (try #require(names.first)))
        var bytes = try Data(contentsOf: path)
        bytes[2_000] ^= 0x01
        try bytes.write(to: path)

        let verified = try BuiltCommand.run("log", "verify", "--data", data)
        #expect(verified.code == 2)
        #expect((verified.out + verified.err).contains(path.lastPathComponent))
        let left = try BuiltCommand.run("cat", "--data", data)
        #expect(left.code == 2)
        #expect(left.out.split(separator: "\n").count == 1_000)
        #expect(try BuiltCommand.run("log", "repair", "--data", data, "--dry-run").code == 2)
        let repaired = try BuiltCommand.run("log", "repair", "--data", data)
        #expect(repaired.code == 2)
        #expect(repaired.out.contains("lost"), "\(repaired.out)")
        let again = try BuiltCommand.run("log", "repair", "--data", data)
        #expect(again.code == 0 && again.out.contains("known damage remains"), "\(again.out)")

        let more = try BuiltCommand.run("generate", "--events", "500", "--seed", "3")
        let taken = try BuiltCommand.run("ingest", try folder.file("3.ndjson", more.out), "--data", data, "--json")
        #expect(taken.code == 0, "\(taken.err)")
        #expect(try taken.lastObject()["first_offset"] as? Int == 2_000)
        #expect(try BuiltCommand.run("cat", "--data", data).out.split(separator: "\n").count == 1_500)
    }

    @Test func `a lost watermark or lost events are told by whoever meets them first`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let made = try BuiltCommand.run("generate", "--events", "1000")
        _ = try BuiltCommand.run("ingest", try folder.file("e.ndjson", made.out), "--data", data)
        let watermark = URL(filePath: data + "/log/durable")
        var bytes = try Data(contentsOf: watermark)
        bytes[17] ^= 0x01
        try bytes.write(to: watermark)
        for arguments in [["query"], ["cat"], ["backup", folder.path("copy")], ["overview"]] {
            let refused = try BuiltCommand.start(arguments + ["--data", data]).finish()
            #expect(refused.code == 2 && refused.err.contains("varve log repair"), "\(arguments) \(refused.err)")
        }
        #expect(try BuiltCommand.run("log", "verify", "--data", data).code == 2)
        let repaired = try BuiltCommand.run("log", "repair", "--data", data)
        #expect(repaired.code == 0, "\(repaired.out) \(repaired.err)")
        #expect(try BuiltCommand.run("query", "--data", data, "--json").rows().first?["count"] as? Int == 1_000)

        let names = try FileManager.default.contentsOfDirectory(atPath: data + "/log").filter { $0.hasSuffix(".seg") }
        for name in names { try FileManager.default.removeItem(atPath: data + "/log/" + name) }
        let emitted = try BuiltCommand.run("emit", "a.b", "--data", data)
        #expect(emitted.code == 0 && emitted.err.contains("damaged: "), "\(emitted.err)")
    }

    @Test func `a proof made after damage is of what can be read, although states from before are kept`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let made = try BuiltCommand.run("generate", "--events", "2000")
        _ = try BuiltCommand.run("ingest", try folder.file("e.ndjson", made.out), "--data", data)
        _ = try BuiltCommand.run("log", "compact", "--data", data)
        #expect(try BuiltCommand.run("view", "hash", "volume", "--data", data).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: data + "/log").filter { $0.hasSuffix(".seg") }
        let path = URL(filePath: data + "/log/" + (try #require(names.first)))
        var bytes = try Data(contentsOf: path)
        bytes[2_000] ^= 0x01
        try bytes.write(to: path)
        let proof = folder.path("proof.json")
        _ = try BuiltCommand.run("view", "prove", "volume", "--data", data, "-o", proof)
        let verified = try BuiltCommand.run("verify", proof, "--data", data)
        #expect(verified.out.hasPrefix("yes"), "\(verified.out) \(verified.err)")
    }

    @Test func `a backup into its own source is refused, and so is a restore onto something`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let made = try BuiltCommand.run("generate", "--events", "100")
        _ = try BuiltCommand.run("ingest", try folder.file("e.ndjson", made.out), "--data", data)
        for target in [data, data + "/inside", folder.path("data/../data/x"), folder.path("")] {
            #expect(try BuiltCommand.run("backup", target, "--data", data).code == 64, "\(target)")
        }
        #expect(try BuiltCommand.run("backup", folder.path("copy"), "--data", data).code == 0)
        let restored = try BuiltCommand.run("restore", folder.path("copy"), data)
        #expect(restored.code == 1)
        #expect(!restored.err.contains("--yes"), "\(restored.err)")
    }
}
