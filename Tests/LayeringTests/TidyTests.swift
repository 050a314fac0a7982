import Testing

/// The style guide as a test. Where a rule would make the code worse, name the exception here and say why.
struct TidyTests {
    static let lineLimit = 130
    static let functionLimit = 70
    static let fileLimit = 250

    /// Files that may be longer than `fileLimit`: path to reason.
    static let longFiles: [String: String] = [:]
    /// Functions that may be longer than `functionLimit`: "path: name" to reason.
    static let longFunctions: [String: String] = [:]

    static let files = ["Sources", "Tests", "Benchmarks"].flatMap { SourceTree.swiftFiles(below: $0) } + ["Package.swift"]

    @Test func `no line is longer than 130 columns`() throws {
        for file in Self.files {
            for (index, line) in try SourceTree.lines(of: file).enumerated()
            where line.utf8.count > Self.lineLimit && line.count > Self.lineLimit {
                Issue.record("\(file):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test func `no file is longer than 250 lines, but for the named ones`() throws {
        for file in Self.files where Self.longFiles[file] == nil {
            let count = try SourceTree.lines(of: file).count - 1
            if count > Self.fileLimit { Issue.record("\(file) has \(count) lines") }
        }
    }

    @Test func `no function is longer than 70 lines, but for the named ones`() throws {
        for file in Self.files {
            for function in FunctionLength.all(in: try SourceTree.lines(of: file)) where function.lines > Self.functionLimit {
                if Self.longFunctions["\(file): \(function.name)"] != nil { continue }
                Issue.record("\(file):\(function.start) \(function.name) has \(function.lines) lines")
            }
        }
    }

    @Test func `an exception that is no longer needed is gone`() throws {
        for file in Self.longFiles.keys {
            #expect(Self.files.contains(file), "\(file) is gone")
            #expect(try SourceTree.lines(of: file).count - 1 > Self.fileLimit, "\(file) is short again")
        }
        for name in Self.longFunctions.keys {
            let file = String(name.prefix { $0 != ":" })
            let long = FunctionLength.all(in: try SourceTree.lines(of: file)).filter { $0.lines > Self.functionLimit }
            #expect(long.contains { "\(file): \($0.name)" == name }, "\(name) is short again")
        }
    }

    @Test func `nothing is left for later in a comment`() throws {
        // Taken apart, so that this file does not find itself.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]
        for file in Self.files {
            for (index, line) in try SourceTree.lines(of: file).enumerated() {
                if let word = words.first(where: line.has) { Issue.record("\(file):\(index + 1) says \(word)") }
            }
        }
    }

    @Test(arguments: ["Utils", "Helpers", "Common", "Manager", "Impl"])
    func `no folder or file has a name that says nothing`(word: String) {
        for file in Self.files
        where file.split(separator: "/").contains(where: { $0.hasPrefix(word) || $0.hasSuffix(word + ".swift") }) {
            Issue.record("\(file) is called \(word)")
        }
    }

    @Test func `a function is measured from its first line to its closing brace`() {
        let found = FunctionLength.all(in: [
            "struct A {", "    func one() {", "        f()", "    }", "    init(", "        x: Int", "    ) {", "        g()",
            "    }",
            "    func short() { h() }", "}",
        ])
        #expect(found.map(\.name) == ["one", "init"])
        #expect(found.map(\.lines) == [3, 5])
    }
}

/// How long a function is, by indentation: from the line that declares it to the first `}` in the same column.
struct FunctionLength {
    let name: String
    let start: Int
    let lines: Int

    static func all(in lines: [String]) -> [FunctionLength] {
        var found: [FunctionLength] = []
        for (index, line) in lines.enumerated() {
            guard let name = declaredName(line) else { continue }
            let closing = line.prefix { $0 == " " } + "}"
            guard !line.hasSuffix("}"), let end = lines[(index + 1)...].firstIndex(where: { $0 == closing }) else { continue }
            // A requirement of a protocol has no body: another declaration in its column comes before any brace does.
            let column = closing.count - 1
            let between = lines[(index + 1)..<end].contains { $0.prefix { $0 == " " }.count == column && declaredName($0) != nil }
            if !between { found.append(FunctionLength(name: name, start: index + 1, lines: end - index + 1)) }
        }
        return found
    }

    /// The name of the function that `line` declares.
    private static func declaredName(_ line: String) -> String? {
        guard line.has("func ") || line.has("init") else { return nil }
        let text = line.drop { $0 == " " }
        guard !text.hasPrefix("//"), !text.hasPrefix("///") else { return nil }
        let words = text.split(separator: " ")
        for (index, word) in words.prefix(8).enumerated() {
            if word == "func", index + 1 < words.count {
                let rest = text[words[index + 1].startIndex...]
                if rest.hasPrefix("`") { return String(rest.dropFirst().prefix { $0 != "`" }) }
                return String(rest.prefix { $0 != "(" && $0 != "<" })
            }
            if word.hasPrefix("init(") || word.hasPrefix("init?(") || word.hasPrefix("init<") { return "init" }
            if word.contains("(") && !word.hasPrefix("@") { return nil }
        }
        return nil
    }
}
