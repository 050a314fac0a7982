public import VarveSettings

/// A mapping from the fields of records to events, defined in YAML; for CSV, JSON and every other format with fields:
///
///     time: {column: StartTimeUnixNano, unit: ns}
///     id: [TraceID, SpanID]
///     signal: {from: ParentID, map: {root: rpc.root}, default: rpc.span}
///     component: PodName
///     session: TraceID
///     tenant: {constant: boutique}
///     attributes:
///       duration_ms: {column: Duration, type: double, scale: 0.001}
///
/// One mapping may cover many files: `files` has, per path pattern, keys that replace the top-level ones.
public struct FieldMapping: Sendable {
    /// The file it was read from, for errors about a header.
    let file: String
    /// How to decode the bytes.
    let layout: TextLayout
    private let rules: FieldRules
    private let variants: [(pattern: PathPattern, rules: FieldRules)]

    /// Parses a mapping. `file` is for error messages.
    public init(yaml: String, file: String) throws(SettingsError) {
        let root = try SettingsNode.parse(yaml, file: file)
        let map = try root.mapping(keys: FieldMappingReader.keys + ["delimiter", "encoding", "header", "files"])
        self.file = file
        layout = try TextLayout(map)
        rules = try FieldMappingReader(map, nil).rules()
        var variants: [(pattern: PathPattern, rules: FieldRules)] = []
        for node in try map["files"]?.items() ?? [] {
            let inner = try node.mapping(keys: FieldMappingReader.keys + ["match"])
            let match = try inner.required("match")
            guard let pattern = PathPattern(try match.string(), captures: false) else {
                throw match.error(.badValue, "\(match.name) is no pattern of a path such as \"orders/*.csv\"")
            }
            variants.append((pattern, try FieldMappingReader(inner, map).rules()))
        }
        self.variants = variants
        if rules.times.isEmpty, variants.isEmpty || variants.contains(where: { $0.rules.times.isEmpty }) {
            throw root.error(.missingKey, "\(root.name) lacks the key \"time\"")
        }
    }

    /// The rules for a file: those of the first pattern that its path matches, or the top-level ones.
    func rules(for path: String) -> FieldRules {
        variants.first { $0.pattern.match(path) != nil }?.rules ?? rules
    }
}
