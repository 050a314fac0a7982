import Testing

/// A public type is found by the name of its file.
struct FileNameTests {
    private static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "actor"]

    @Test func `every public type of the top level stands in a file of its name`() throws {
        for file in SourceTree.swiftFiles(below: "Sources") {
            for name in Self.publicTypes(in: try SourceTree.lines(of: file)) where !Self.isNamed(file, after: name) {
                Issue.record("\(file) declares \(name); its file is \(name).swift or \(name)+TOPIC.swift")
            }
        }
    }

    @Test func `folders hold about twenty files at most`() {
        var counts: [Substring: Int] = [:]
        for file in SourceTree.swiftFiles(below: "Sources") {
            if let slash = file.lastIndex(of: "/") { counts[file[..<slash], default: 0] += 1 }
        }
        for (folder, count) in counts where count > 24 { Issue.record("\(folder) has \(count) files") }
    }

    @Test func `public types are recognised in their declarations`() {
        let lines = [
            "public struct A: Sendable {", "public final class B<T> {", "@frozen public enum C {", "    public struct Inner {",
            "struct Own {", "public func free() {", "extension A {", "public indirect enum D {", "package struct E {",
        ]
        #expect(Self.publicTypes(in: lines) == ["A", "B", "C", "D"])
        #expect(Self.isNamed("Sources/M/A.swift", after: "A") && Self.isNamed("Sources/M/A+Topic.swift", after: "A"))
        #expect(!Self.isNamed("Sources/M/AB.swift", after: "A"))
    }

    private static func publicTypes(in lines: [String]) -> [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard line.first != " ", words.contains("public"), let kind = words.firstIndex(where: { kinds.contains(String($0)) }),
                kind + 1 < words.count, words.firstIndex(of: "public").map({ $0 < kind }) == true
            else { return nil }
            return String(words[kind + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }

    private static func isNamed(_ file: String, after type: String) -> Bool {
        let name = file.split(separator: "/").last.map { $0.prefix { $0 != "." && $0 != "+" } }
        return name.map(String.init) == type
    }
}
