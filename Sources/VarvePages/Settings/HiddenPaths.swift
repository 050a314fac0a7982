/// Paths that a server hides: each with everything below it. Pages do not link to them, and nothing answers there.
public struct HiddenPaths: Hashable, Sendable {
    private let prefixes: [[Substring]]

    /// - Parameter prefixes: Paths such as `/alerts`. The root cannot be hidden.
    public init(_ prefixes: [String] = []) {
        self.prefixes = prefixes.map(Self.parts).filter { !$0.isEmpty }
    }

    public var isEmpty: Bool { prefixes.isEmpty }

    /// Whether a path, or the path of a link with its query, lies at or below a hidden one.
    public func contains(_ path: String) -> Bool {
        guard !isEmpty else { return false }
        let parts = Self.parts(path)
        return prefixes.contains { parts.starts(with: $0) }
    }

    /// As a router reads it: slashes at the end and doubled ones count for nothing.
    private static func parts(_ path: String) -> [Substring] {
        path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: true)
    }
}
