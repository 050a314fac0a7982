import Foundation
import Testing

/// Every Swift example of README and docs compiles as it stands, with `import Varve` and nothing else of ours.
struct SnippetTests {
    private struct Snippet {
        let file: String
        let line: Int
        let lines: [String]

        /// A file of its own: imports first, declarations of a whole program as they are, else in a function.
        func source(_ number: Int) -> String {
            let imports = lines.filter { $0.hasPrefix("import ") }
            let rest = lines.filter { !$0.hasPrefix("import ") }
            let isProgram = rest.contains { $0.hasPrefix("@main") || $0.hasPrefix("extension ") }
            let place = "#sourceLocation(file: \"\(file)\", line: \(line))\n"
            let body = rest.joined(separator: "\n")
            return (imports.isEmpty ? ["import Varve"] : imports).joined(separator: "\n") + "\n"
                + (isProgram ? place + body : "func snippet\(number)() async throws {\n\(place)\(body)\n}") + "\n"
        }
    }

    private static func snippets(in file: String) throws -> [Snippet] {
        let lines = try String(contentsOf: BuildProducts.root.appending(path: file), encoding: .utf8)
            .components(separatedBy: "\n")
        var found: [Snippet] = []
        var start: Int?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```swift") {
                start = index + 1
            } else if line.hasPrefix("```"), let first = start {
                found.append(Snippet(file: file, line: first + 1, lines: Array(lines[first..<index])))
                start = nil
            }
        }
        return found
    }

    private static func documents() throws -> [String] {
        let docs = FileManager.default.enumerator(atPath: BuildProducts.root.appending(path: "docs").path(percentEncoded: false))
        let pages = (docs?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
        return ["README.md"] + pages
    }

    @Test func `every Swift example of README and docs compiles`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-snippets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for snippet in try Self.documents().flatMap(Self.snippets) {
            let file = folder.appending(path: "Snippet\(files.count).swift")
            try snippet.source(files.count).write(to: file, atomically: true, encoding: .utf8)
            files.append(file.path(percentEncoded: false))
        }
        #expect(files.count >= 2, "README and docs/views.md have examples")
        let said = try Self.check(files)
        #expect(said.isEmpty, "\(said)")
    }

    @Test func `an example that does not compile is found`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "varve-snippet-\(UUID().uuidString).swift")
        let wrong = Snippet(file: "x.md", line: 3, lines: ["let log: LogWriter = 5"]).source(0)
        try wrong.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Self.check([file.path(percentEncoded: false)]).contains("x.md:3:"))
    }

    /// What the compiler has against `files`; empty when nothing. One run of it for all.
    private static func check(_ files: [String]) throws -> String {
        let result = try BuildProducts.run(
            "swiftc",
            ["-typecheck", "-parse-as-library", "-swift-version", "6", "-module-name", "Snippets"]
                + BuildProducts.importFlags() + files)
        return result.status == 0 ? "" : result.output
    }
}
