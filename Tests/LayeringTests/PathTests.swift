import Testing

/// Names below a data directory are given by one file of each module that owns some of them, and by nobody else.
struct PathTests {
    /// The files that may, and whose names they give.
    static let owners: [String: String] = [
        "Sources/VarveLog/Segment/FileNames.swift": "the log's",
        "Sources/VarveViews/ViewPaths.swift": "the views'",
        "Sources/VarveIngest/IngestPaths.swift": "what was refused",
        "Sources/VarveAlerts/AlertPaths.swift": "the rules'",
        "Sources/VarveServer/Run/ServerPaths.swift": "the server's",
    ]
    static let names = [
        "log", "ids", "views", "states", "snapshots", "torn", "quarantine", "rejected", "lock", "tenants", "system", "rules",
        "access", "mappings", "forward",
    ]

    @Test func `no other code builds a path below a data directory`() throws {
        for file in SourceTree.swiftFiles(below: "Sources") where Self.owners[file] == nil {
            for (index, line) in try SourceTree.lines(of: file).enumerated() {
                if let name = Self.path(in: line) { Issue.record("\(file):\(index + 1) builds the path of \(name)") }
            }
        }
    }

    @Test func `a file that owns names gives one`() throws {
        for file in Self.owners.keys {
            #expect(try SourceTree.lines(of: file).contains { Self.path(in: $0) != nil }, "\(file) builds none")
        }
    }

    @Test(arguments: [
        #"data + "/log""#, #""\(data)/views/main.sqlite""#, #"root + "/rejected""#, #"open(path + "/log/durable")"#,
    ])
    func `every way to build one is seen`(line: String) {
        #expect(Self.path(in: line) != nil)
    }

    @Test(arguments: [#"// data + "/log""#, #""/logs""#, #"find("log")"#, #"/// `data/log`"#])
    func `what builds none is none`(line: String) {
        #expect(Self.path(in: line) == nil)
    }

    /// The name that a line of code appends to a path.
    static func path(in line: String) -> String? {
        guard line.has("+ \"/") || line.has(")/"), !line.drop(while: { $0 == " " }).hasPrefix("//") else { return nil }
        return names.first { name in
            ["+ \"/\(name)\"", "+ \"/\(name)/", ")/\(name)\"", ")/\(name)/"].contains { line.has($0) }
        }
    }
}
