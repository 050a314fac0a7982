import Foundation
import Testing

/// What `make install` and `make deb` put where, tried with the program that these tests were built with.
struct PackagingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs a program at the package's root; exit code and all it printed.
    private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = Self.root
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private func isThere(_ program: String) throws -> Bool { try run("which", [program]).code == 0 }

    @Test func `an installation has the program, its pages, completions and units, and nothing outside its prefix`() throws {
        let folder = TemporaryFolder()
        let prefix = folder.path("usr")
        let binary = BuiltCommand.url.path(percentEncoded: false)
        let installed = try run("packaging/install", ["--binary", binary, "--prefix", prefix])
        #expect(installed.code == 0, "\(installed.output)")
        let version = try run(prefix + "/bin/varve", ["--version"])
        #expect(version.code == 0 && version.output.hasPrefix("varve "))
        let share = prefix + "/share"
        for file in [
            "bash-completion/completions/varve", "zsh/vendor-completions/_varve", "fish/vendor_completions.d/varve.fish",
            "doc/varve/LICENSE",
        ] {
            let bytes = try Data(contentsOf: URL(filePath: "\(share)/\(file)"))
            #expect(bytes.count > 500, "\(file)")
        }
        // A page for every command, a nested one too, and it says what the help says.
        let page = try run("gzip", ["-dc", share + "/man/man1/varve-log-retain.1.gz"])
        #expect(page.output.hasPrefix(".TH \"VARVE-LOG-RETAIN\"") && page.output.contains("\\-\\-dry\\-run"))
        let pages = try FileManager.default.contentsOfDirectory(atPath: share + "/man/man1")
        // Of every command that the page of the commands describes.
        let commands = try String(contentsOf: Self.root.appending(path: "docs/cli.md"), encoding: .utf8)
        #expect(pages.count == commands.components(separatedBy: "\n## varve").count - 1, "\(pages.count)")
        let unit = try String(contentsOfFile: prefix + "/lib/systemd/system/varve-project.service", encoding: .utf8)
        #expect(unit.contains("ExecStart=\(prefix)/bin/varve project run --follow"))
    }

    @Test func `the units are valid, and their exposure is low`() throws {
        guard try isThere("systemd-analyze") else { return }
        let folder = TemporaryFolder()
        let units = folder.path("units")
        let binary = BuiltCommand.url.path(percentEncoded: false)
        let installed = try run("packaging/install", ["--binary", binary, "--prefix", folder.path("usr"), "--units", units])
        #expect(installed.code == 0, "\(installed.output)")
        let files = try FileManager.default.contentsOfDirectory(atPath: units).sorted()
        #expect(files == [
                "varve-project.service", "varve-retain.service", "varve-retain.timer", "varve-serve.service",
                "varve-serve.socket",
            ])
        let checked = try run("systemd-analyze", ["verify", "--man=no"] + files.map { "\(units)/\($0)" })
        #expect(checked.code == 0 && checked.output.isEmpty, "\(checked.output)")
        for service in files where service.hasSuffix(".service") {
            let graded = try run(
                "systemd-analyze", ["security", "--offline=true", "--threshold=20", "--no-pager", "\(units)/\(service)"])
            #expect(graded.code == 0, "\(service) is more exposed than 2.0: \(graded.output.suffix(200))")
        }
    }

    @Test func `a package has the same files, and refuses a program whose runtime nobody packages`() throws {
        guard try isThere("dpkg-deb") else { return }
        let folder = TemporaryFolder()
        let binary = BuiltCommand.url.path(percentEncoded: false)
        let refused = try run("packaging/deb", ["--binary", binary, "--output", folder.path("out")])
        #expect(refused.code == 1 && refused.output.contains("--static-swift-stdlib"), "\(refused.output)")
        let made = try run("packaging/deb", ["--binary", binary, "--output", folder.path("out"), "--dynamic", "yes"])
        #expect(made.code == 0, "\(made.output)")
        let package = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let listed = try run("dpkg-deb", ["-c", package]).output
        for file in [
            "./usr/bin/varve\n", "./usr/share/man/man1/varve.1.gz\n", "./usr/share/bash-completion/completions/varve\n",
            "./usr/lib/systemd/system/varve-project.service\n", "./usr/share/doc/varve/copyright\n",
        ] {
            #expect(listed.contains(file), "\(file)")
        }
        #expect(!listed.contains("./tmp") && listed.contains("root/root"))
        let control = try run("dpkg-deb", ["-f", package, "Package", "Depends"]).output
        #expect(control.contains("varve") && control.contains("libsqlite3-0"), "\(control)")
    }
}
