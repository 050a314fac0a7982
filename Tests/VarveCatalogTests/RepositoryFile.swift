import Foundation
import Testing

/// A file of this package, found from where this file stands.
struct RepositoryFile {
    let path: String

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private var url: URL { Self.root.appending(path: path) }

    func bytes() throws -> [UInt8] {
        try [UInt8](Data(contentsOf: url))
    }

    func text() throws -> String {
        try String(contentsOf: url, encoding: .utf8)
    }

    /// Compares with what is generated; with `VARVE_REGENERATE=1` in the environment, writes it instead.
    func expectGenerated(_ generated: String) throws {
        if ProcessInfo.processInfo.environment["VARVE_REGENERATE"] == "1" {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(generated.utf8).write(to: url)
            return
        }
        let found = (try? text()) ?? ""
        guard found != generated else { return }
        let lines = zip(
            found.split(separator: "\n", omittingEmptySubsequences: false),
            generated.split(separator: "\n", omittingEmptySubsequences: false))
        let line = lines.enumerated().first { $0.element.0 != $0.element.1 }?.offset
        Issue.record(
            """
            \(path) differs from what the catalog says\(line.map { ", first in line \($0 + 1)" } ?? ""). To write it anew: \
            VARVE_REGENERATE=1 swift test --filter VarveCatalogTests
            """)
    }
}
