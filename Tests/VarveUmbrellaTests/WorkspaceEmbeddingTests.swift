import Foundation
import Testing

/// The program of `Tests/Embedding` is a package of its own; here its source is compiled against the modules of this build, which
/// takes seconds. `make test-embedding` builds it as a user does.
struct WorkspaceEmbeddingTests {
    private static let source = "Tests/Embedding/Sources/Embedding/Embedding.swift"

    @Test func `a program of under forty lines opens a workspace, appends, follows and asks`() throws {
        let text = try String(contentsOf: BuildProducts.root.appending(path: Self.source), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 < 40)
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-embedding-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "embedding").path(percentEncoded: false)
        let list = folder.appending(path: "objects").path(percentEncoded: false)
        try BuildProducts.libraryObjects().map { "'\($0)'" }.joined(separator: "\n")
            .write(toFile: list, atomically: true, encoding: .utf8)
        let built = try BuildProducts.run(
            "swiftc",
            ["-parse-as-library", "-swift-version", "6", "-module-name", "Embedding", Self.source, "-o", program]
                + BuildProducts.importFlags() + ["@\(list)"]
                + ["-llz4", "-lxxhash", "-lcrypto", "-lz", "-lsnappy", "-lsimdjson", "-lsqlite3", "-lstdc++"])
        #expect(built.status == 0, "\(built.output)")
        let run = try BuildProducts.run(program, [folder.appending(path: "data").path(percentEncoded: false)])
        #expect(run.status == 0 && run.output == """
            followed 4000
            up to 4000: 3200 started, 0.25 rolled back
            up to 1000: 800 started, 0.25 rolled back

            """, "\(run.output)")
    }
}
