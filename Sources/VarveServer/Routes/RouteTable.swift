internal import HTTPTypes
internal import Synchronization

/// Which methods each path takes, for requests that no route takes.
final class RouteTable: Sendable {
    private struct Entry: Sendable {
        var parts: [Substring]
        var method: String
    }

    private let entries = Mutex<[Entry]>([])

    func add(_ method: HTTPRequest.Method, _ path: String) {
        let entry = Entry(parts: path.split(separator: "/"), method: method.rawValue)
        entries.withLock { $0.append(entry) }
    }

    /// The methods that routes take at `path`, in the order of their names; empty for a path that there is not.
    func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        var methods = Set(entries.withLock { $0 }.filter { Self.matches($0.parts, parts) }.map(\.method))
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted()
    }

    private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
        for (index, part) in pattern.enumerated() {
            guard index < parts.count else { return false }
            if part == "**" { return true }
            guard part == parts[index] || part.hasPrefix("{") else { return false }
        }
        return parts.count == pattern.count
    }
}
