import Testing

/// Law 11: no blocking system call on the threads of the cooperative pool. There are as many of those as processors: one that
/// waits for a disk holds up every request. The compiler does not see it, so each file above the log that waits for the system is
/// named here, with the thread that it runs on.
struct BlockingTests {
    static let modules = ["VarveOutbound", "VarveAlerts", "VarveReports", "VarvePages", "VarveServer"]

    static let owners: [String: String] = [
        "Sources/VarveServer/Access/AccessFile.swift": "changes on threads of its own; twice a second a look at the file",
        "Sources/VarveServer/Audit/AuditWriter.swift": "a command's own process",
        "Sources/VarveServer/Forward/ForwardCheckpoint.swift": "Forwarder calls it on threads of its own",
        "Sources/VarveServer/Forward/Forwarder.swift": "threads of its own",
        "Sources/VarveServer/In/EventFormat.swift": "one small file, once in a request that names it",
        "Sources/VarveServer/Out/ViewAdministration.swift": "threads of its own",
        "Sources/VarveServer/Tenants/OpenTenants.swift": "whether a folder is there, when a tenant is opened",
        "Sources/VarveServer/Tenants/TenantFolders.swift": "a command's own process",
        "Sources/VarveAlerts/Rules/RuleSet.swift": "threads that answer questions, and a command's own process",
        "Sources/VarveOutbound/Command/CommandRun.swift": "a thread for each program",
        "Sources/VarveOutbound/Mail/Sendmail.swift": "a thread for each mail",
    ]
    static let calls = ["RealDisk()", "usleep(", "fsync(", "flock(", "waitpid(", "waitUntilExit(", "readDataToEndOfFile("]

    @Test func `a file that waits for the system is named, with the thread that it runs on`() throws {
        for module in Self.modules {
            for file in SourceTree.swiftFiles(below: "Sources/" + module) where Self.owners[file] == nil {
                for (index, line) in try SourceTree.lines(of: file).enumerated() {
                    if let call = Self.calls.first(where: line.has) { Issue.record("\(file):\(index + 1) calls \(call)…") }
                }
            }
        }
    }

    @Test func `a file that is named waits`() throws {
        for file in Self.owners.keys {
            let waits = try SourceTree.lines(of: file).contains { line in Self.calls.contains(where: line.has) }
            #expect(waits, "\(file) waits for nothing")
        }
    }
}
