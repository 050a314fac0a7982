import Testing
import VarveSettings

@Suite struct SettingsNodeTests {
    private let sample = """
        name: latency
        version: 3
        scale: 0.001
        strict: true
        codes: [200, "304", yes]
        attributes:
          status: {column: Status, type: int}
          note: ~
        """

    @Test func `what the reader asks for decides the type`() throws {
        let root = try SettingsNode.parse(sample, file: "v.yaml")
        let map = try root.mapping(keys: ["name", "version", "scale", "strict", "codes", "attributes"])
        #expect(try map.required("name").string() == "latency")
        #expect(try map.required("version").int() == 3)
        #expect(try map.required("version").string() == "3")
        #expect(try map.required("scale").double() == 0.001)
        #expect(try map.required("strict").bool())
        #expect(try map.required("codes").items().map { try $0.string() } == ["200", "304", "yes"])
        let entries = try map.required("attributes").entries()
        #expect(entries.map(\.key) == ["status", "note"])
        #expect(entries[1].value.kind == .null)
        let status = try entries[0].value.mapping(keys: ["column", "type"])
        #expect(try status.required("type").path == "attributes.status.type")
        #expect(status.node.line == 7)
    }

    @Test(arguments: [
        ("a: [1, 2", "v.yaml:2:1", SettingsError.Code.syntax),
        ("a: 1\na: 2\n", "v.yaml:1:1", .duplicateKey),
        ("nmae: x", "v.yaml:1:1: unknown key \"nmae\"; did you mean \"name\"?", .unknownKey),
        ("zzzzzz: x", "unknown key \"zzzzzz\"; known: name, size, kind", .unknownKey),
        ("size: 5", "lacks the key \"name\"", .missingKey),
        ("name: ~", "lacks the key \"name\"", .missingKey),
        ("name: [1]", "name must be text, not a list", .wrongType),
        ("name: x\nsize: \"5\"", "v.yaml:2:7: size must be an integer, not \"5\"", .wrongType),
        ("name: x\nsize: 11", "size must be 1 to 10, not 11", .badValue),
        ("name: x\nkind: plian", "kind must be one of plain, fancy, not \"plian\"; did you mean \"plain\"?", .badValue),
        ("- 1", "the document must be a mapping, not a list", .wrongType),
        ("", "the document must be a mapping, not nothing", .wrongType),
        ("{[a]: 1}", "a key must be plain text", .wrongType),
        ("a: *nobody", "v.yaml", .syntax),
        ("a: 1\n---\nb: 2", "v.yaml", .syntax),
    ])
    func `each fault names its place`(text: String, says: String, code: SettingsError.Code) {
        enum Kind: String, CaseIterable { case plain, fancy }
        let error = #expect(throws: SettingsError.self) {
            let map = try SettingsNode.parse(text, file: "v.yaml").mapping(keys: ["name", "size", "kind"])
            _ = try map.required("name").string()
            _ = try map["size"]?.int(in: 1...10)
            _ = try map["kind"]?.choice(Kind.self)
        }
        #expect(error?.code == code)
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    }

    @Test func `aliases that multiply and deep nests meet a limit`() {
        var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            laughs += "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        for text in [laughs, deep, String(repeating: "#", count: SettingsNode.fileBytesMax + 1)] {
            let error = #expect(throws: SettingsError.self) { try SettingsNode.parse(text, file: "x") }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func `nearest suggests only what is near`() {
        #expect(nearest("compnent", among: ["component", "column"]) == "component")
        #expect(nearest("tiem", among: ["time", "id"]) == "time")
        #expect(nearest("colour", among: ["signal"]) == nil)
    }
}
