import Foundation
import Testing

/// `varve config`.
struct ConfigCommandTests {
    @Test(arguments: [
        ("serve:\n  lisen: x\n", "varve.yaml:2:3"), ("retain:\n  days: soon\n", "varve.yaml:2:9"),
        ("compact:\n  every: 5 minutes\n", "varve.yaml:2:10"), ("project:\n  on_poison: stop\n", "varve.yaml:2:14"),
        ("serve:\n  chatbot_secret: a\n  chatbot_secret_file: b\n", "varve.yaml:3:24"), ("serve: [\n", "varve.yaml:"),
    ])
    func `what is wrong is told with its place`(text: String, place: String) throws {
        let folder = TemporaryFolder()
        let file = try folder.file("varve.yaml", text)
        let result = try BuiltCommand.run("config", "validate", "--config", file)
        #expect(result.code == 78 && result.err.contains(place), "\(result.err)")
    }

    @Test func `the environment wins over the file, and a secret is read from its file and never shown`() throws {
        let folder = TemporaryFolder()
        let secret = try folder.file("secret", "s3cr3t-of-the-bot\n")
        let file = try folder.file(
            "varve.yaml",
            "retain:\n  days: 20\n  every: 15m\nserve:\n  origins: [https://a.example, https://b.example]\n"
                + "  chatbot_secret_file: \(secret)\n")
        let result = try BuiltCommand.run("config", "show", "--config", file, "--json", environment: ["VARVE_RETAIN_DAYS": "25"])
        #expect(result.code == 0 && !result.out.contains("s3cr3t"), "\(result.out)\(result.err)")
        let all = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: [String: Any]])
        #expect(all["retain.days"]?["value"] as? Int == 25 && all["retain.days"]?["source"] as? String == "VARVE_RETAIN_DAYS")
        #expect(all["retain.every"]?["value"] as? String == "900s")
        #expect(all["serve.origins"]?["value"] as? [String] == ["https://a.example", "https://b.example"])
        #expect(all["serve.chatbot_secret"]?["value"] as? String == "***")
        #expect(all["retain.hold_days"]?["source"] as? String == "default")
        let text = try BuiltCommand.run("config", "show", "--config", file)
        #expect(text.out.contains("every: 900s") && !text.out.contains("s3cr3t"), "\(text.out)")
        let wrong = try BuiltCommand.run("config", "validate", "--config", file, environment: ["VARVE_COMPACT_EVERY": "soon"])
        #expect(wrong.code == 78 && wrong.err.contains("VARVE_COMPACT_EVERY"))
    }

    @Test func `the schema names every key that the written file has`() throws {
        let folder = TemporaryFolder()
        #expect(try BuiltCommand.run("init", "--data", folder.path("data")).code == 0)
        let written = try String(contentsOfFile: folder.path("data/varve.yaml"), encoding: .utf8)
        let schema = try BuiltCommand.run("config", "schema").out
        let object = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
        let sections = try #require(object["properties"] as? [String: [String: Any]])
        var count = 0
        for (section, content) in sections {
            #expect(written.contains("# \(section):"))
            for key in (content["properties"] as? [String: Any] ?? [:]).keys where !key.hasSuffix("_file") {
                #expect(written.contains("#   \(key): "), "\(section).\(key)")
                count += 1
            }
        }
        #expect(count > 12)
    }
}
