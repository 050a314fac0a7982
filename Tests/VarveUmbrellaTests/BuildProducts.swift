import Foundation

/// The modules and objects of the build that runs these tests, so that a program can be compiled against them in seconds.
enum BuildProducts {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where the modules of this build are: beside the test bundle.
    static let modules: URL = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
            .map { String($0[..<($0.range(of: ".xctest")?.upperBound ?? $0.endIndex)]) }
        return (bundle.map { URL(filePath: $0).deletingLastPathComponent() } ?? Bundle.main.bundleURL).appending(path: "Modules")
    }()

    /// What the compiler needs to find our modules and the C modules below them.
    static func importFlags() -> [String] {
        let shims = ["CLZ4", "CXXHash", "CCrypto", "CZlib", "CSnappy", "CSimdjson/include"].map { "Sources/\($0)" }
        let maps = FileManager.default.enumerator(atPath: root.appending(path: ".build/checkouts").path(percentEncoded: false))
        let outside = (maps?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix("/module.modulemap") }
            .map { ".build/checkouts/" + $0.dropLast("/module.modulemap".count) }
        let generated = ["CSimdjson", "CYaml"].map { "\($0).build/module.modulemap" }
            .map { modules.deletingLastPathComponent().appending(path: $0).path(percentEncoded: false) }
            .filter { FileManager.default.fileExists(atPath: $0) }
        return ["-I", modules.path(percentEncoded: false)] + (shims + outside).flatMap { ["-I", $0] }
            + generated.flatMap { ["-Xcc", "-fmodule-map-file=" + $0] }
    }

    /// The objects of all libraries of the build: what the test bundle is linked of, without tests and programs.
    static func libraryObjects() throws -> [String] {
        let list = modules.deletingLastPathComponent().appending(path: "varvePackageTests.product/Objects.LinkFileList")
        let programs = ["VarveCommand", "varve_torture", "varve_measure", "varve-torture", "varve-measure"]
        return try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "'")) }
            .filter { object in
                let module = object.split(separator: "/").last { $0.hasSuffix(".build") }?.dropLast(".build".count) ?? ""
                return !module.isEmpty && !module.hasSuffix("Tests") && !module.contains("PackageTests")
                    && !module.contains("PackageDiscovered") && !programs.contains(String(module))
            }
    }

    /// Runs a program and returns its exit code and all it printed.
    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.currentDirectoryURL = root
        process.arguments = [program] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }
}
