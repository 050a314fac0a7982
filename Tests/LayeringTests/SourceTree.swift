import Foundation
import Synchronization

/// The sources of this package, found from where this file stands.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files below `folder` (relative to the package), as paths relative to the package, sorted.
    static func swiftFiles(below folder: String) -> [String] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: base.path(percentEncoded: false)) else { return [] }
        return walker.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix(".build/") && !$0.contains("/.build/") }
            .map { folder + "/" + $0 }.sorted()
    }

    /// The folders directly below `folder`, sorted.
    static func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: folder), includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
    }

    /// The lines of the file `path` (relative to the package). Each file is read once in a run.
    static func lines(of path: String) throws -> [String] {
        if let known = read.withLock({ $0[path] }) { return known }
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        read.withLock { $0[path] = lines }
        return lines
    }

    private static let read = Mutex<[String: [String]]>([:])
}

extension StringProtocol {
    /// Whether `word` occurs, byte for byte. The tests ask this of every line of the package, and `contains` takes minutes
    /// for that in a debug build.
    func has(_ word: String) -> Bool { strstr(String(self), word) != nil }
}
