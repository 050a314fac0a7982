internal import VarveEvents

/// The signals of a view. Without names and prefixes, every signal.
public struct SignalFilter: Hashable, Sendable {
    public var names: [String]
    public var prefixes: [String]

    public init(_ names: String..., prefixes: [String] = []) {
        self.init(names: names, prefixes: prefixes)
    }

    public init(names: [String], prefixes: [String] = []) {
        self.names = names
        self.prefixes = prefixes
    }

    /// Whether events of `signal` count.
    public func matches(_ signal: String) -> Bool {
        if names.isEmpty, prefixes.isEmpty { return true }
        return names.contains { $0.utf8.elementsEqual(signal.utf8) } || prefixes.contains { signal.utf8.starts(with: $0.utf8) }
    }
}
