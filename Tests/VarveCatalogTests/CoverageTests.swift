import Testing

struct CoverageTests {
    /// The rows of the table: ID, state, what serves it.
    static func rows() throws -> [[String]] {
        try RepositoryFile(path: "docs/coverage.md").text().split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingPrefix(" ") }
            guard cells.count >= 5, let id = cells[1].split(separator: " ").first, RequirementIDs.set.contains(String(id)) else {
                return nil
            }
            return [String(id), String(cells[2].split(separator: " ").first ?? ""), cells[3...].joined(separator: "|")]
        }
    }

    @Test func `every requirement has exactly one row`() throws {
        let ids = try Self.rows().map { $0[0] }
        let missing = RequirementIDs.all.filter { !ids.contains($0) }
        #expect(missing.isEmpty, "docs/coverage.md lacks \(missing.joined(separator: ", "))")
        #expect(ids.count == Set(ids).count, "docs/coverage.md has an ID twice")
    }

    @Test func `a row says served, partly or open, and by what or why not`() throws {
        for row in try Self.rows() {
            #expect(["served", "partly", "open"].contains(row[1]), "\(row[0]) is '\(row[1])'")
            #expect(row[2].count > 5, "\(row[0]) says nothing")
        }
    }

    @Test func `the counts in the head are those of the rows`() throws {
        let rows = try Self.rows()
        let text = try RepositoryFile(path: "docs/coverage.md").text()
        let counts = ["served", "partly", "open"].map { state in "\(rows.count { $0[1] == state }) \(state)" }
        #expect(text.contains(counts.joined(separator: ", ")), "the head should say: \(counts.joined(separator: ", "))")
    }
}
