/// One node of a settings file, with its location. It is read strictly: the caller states what it expects, and anything else is
/// an error with file, line, column and path.
///
///     let root = try SettingsNode.parse(text, file: "map.yaml")
///     let map = try root.mapping(keys: ["name", "version", "signals", "bucket"])
///     let name = try map.required("name").string()
///     let version = try map["version"]?.int(in: 1...1_000) ?? 1
///     let signals = try map.required("signals").items().map { try $0.string() }
///     let bucket = try map["bucket"]?.choice(Bucket.self) ?? .hour
///     for entry in try map.required("attributes").entries() { entry.key; entry.value … }
///     throw map.required("bucket").error(.badValue, "bucket must not be finer than a minute")
///
/// The caller decides the type, not the look of the text: `200` read with `string()` is "200", and quoted "200" is not an
/// integer. A null (`~`, `null` or nothing) counts as an absent key.
public struct SettingsNode: Sendable {
    /// The name of the file as passed to `parse`.
    public let file: String
    /// The path from the root: `attributes.status.column`, `id[1]`; empty for the root.
    public let path: String
    /// From 1.
    public let line: Int
    /// From 1, in characters.
    public let column: Int
    let content: Content

    enum Content: Sendable {
        case null
        /// `plain` if it is unquoted; only then can it be a number, a boolean or null.
        case scalar(String, plain: Bool)
        case sequence([SettingsNode])
        case mapping([SettingsEntry])
    }

    public enum Kind: String, Sendable {
        case null, scalar, sequence, mapping
    }

    public var kind: Kind {
        switch content {
        case .null: .null
        case .scalar: .scalar
        case .sequence: .sequence
        case .mapping: .mapping
        }
    }

    /// An error at this node. `message` is a sentence without file and line.
    public func error(_ code: SettingsError.Code, _ message: String) -> SettingsError {
        SettingsError(code, message, file: file, line: line, column: column)
    }

    /// The node's name in messages.
    public var name: String { path.isEmpty ? "the document" : path }

    func expected(_ what: String) -> SettingsError {
        let found =
            switch content {
            case .null: "nothing"
            case .scalar(let text, plain: _): "\"\(text.prefix(40))\""
            case .sequence: "a list"
            case .mapping: "a mapping"
            }
        return error(.wrongType, "\(name) must be \(what), not \(found)")
    }
}

/// Scalars.
extension SettingsNode {
    /// The text of a scalar, quoted or not; never empty unless quoted.
    public func string() throws(SettingsError) -> String {
        guard case .scalar(let text, plain: _) = content else { throw expected("text") }
        return text
    }

    /// An unquoted integer within `range`.
    public func int(in range: ClosedRange<Int> = Int.min...Int.max) throws(SettingsError) -> Int {
        guard case .scalar(let text, plain: true) = content, let value = Int(text.filter { $0 != "_" }) else {
            throw expected("an integer")
        }
        guard range.contains(value) else {
            throw error(.badValue, "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }

    /// A finite unquoted number.
    public func double() throws(SettingsError) -> Double {
        guard case .scalar(let text, plain: true) = content, let value = Double(text), value.isFinite else {
            throw expected("a number")
        }
        return value
    }

    /// Unquoted `true` or `false`.
    public func bool() throws(SettingsError) -> Bool {
        guard case .scalar(let text, plain: true) = content, let value = Bool(text) else {
            throw expected("true or false")
        }
        return value
    }

    /// One of the raw values of `type`.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) throws(SettingsError) -> Choice {
        let text = try string()
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        throw error(
            .badValue,
            "\(name) must be one of \(known.joined(separator: ", ")), not \"\(text.prefix(40))\""
                + suggestion(text, known))
    }
}

/// Lists and mappings.
extension SettingsNode {
    /// The elements of a list.
    public func items() throws(SettingsError) -> [SettingsNode] {
        guard case .sequence(let items) = content else { throw expected("a list") }
        return items
    }

    /// A scalar as a list of one, or a list.
    public func oneOrMore() throws(SettingsError) -> [SettingsNode] {
        if case .scalar = content { return [self] }
        let items = try items()
        if items.isEmpty { throw error(.badValue, "\(name) must not be an empty list") }
        return items
    }

    /// The entries of a mapping with user-defined keys, in file order. Each key once.
    public func entries() throws(SettingsError) -> [SettingsEntry] {
        guard case .mapping(let entries) = content else { throw expected("a mapping") }
        return entries
    }

    /// A mapping with known keys. Any other key is an error with a suggestion.
    public func mapping(keys: [String]) throws(SettingsError) -> SettingsMapping {
        for entry in try entries() where !keys.contains(entry.key) {
            let inside = path.isEmpty ? "" : " in \(path)"
            let known = keys.isEmpty ? "no keys are known here" : "known: \(keys.joined(separator: ", "))"
            let near = suggestion(entry.key, keys)
            throw SettingsError(
                .unknownKey, "unknown key \"\(entry.key.prefix(64))\"\(inside)" + (near.isEmpty ? "; \(known)" : near),
                file: file, line: entry.line, column: entry.column)
        }
        return SettingsMapping(node: self, entries: try entries())
    }

    private func suggestion(_ word: String, _ known: [String]) -> String {
        nearest(word, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
