// Parses YAML text to `SettingsNode`. The only file that imports Yams.
//
// The tree is copied once, with a budget: aliases are expanded, so a few lines of YAML can describe billions of nodes ("billion
// laughs"), and the copy stops when the budget is exhausted.
import Yams

extension SettingsNode {
    /// The maximum size of a settings file, in bytes. A view or mapping is a few kilobytes.
    public static let fileBytesMax = 1 << 20
    static let nodesMax = 100_000
    static let depthMax = 32

    /// Parses one YAML document. `file` is only for error messages. An empty document is a null node.
    public static func parse(_ text: String, file: String) throws(SettingsError) -> SettingsNode {
        guard text.utf8.count <= fileBytesMax else {
            throw SettingsError(
                .tooLarge, "a settings file may have at most \(fileBytesMax) bytes, this one has \(text.utf8.count)", file: file)
        }
        let composed: Node?
        do {
            composed = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw SettingsError(error, file: file)
        } catch {
            throw SettingsError(.syntax, "not YAML: \(error)", file: file)
        }
        guard let root = composed else { return SettingsNode(file: file, path: "", line: 1, column: 1, content: .null) }
        var budget = nodesMax
        return try convert(root, file: file, path: "", depth: 0, budget: &budget)
    }

    private static func convert(
        _ node: Node, file: String, path: String, depth: Int, budget: inout Int
    ) throws(SettingsError) -> SettingsNode {
        let line = node.mark?.line ?? 0
        let column = node.mark?.column ?? 0
        budget -= 1
        guard budget > 0, depth < depthMax else {
            let what = depth < depthMax ? "more than \(nodesMax) values, aliases counted" : "more than \(depthMax) levels"
            throw SettingsError(.tooLarge, "the file has \(what)", file: file, line: line, column: column)
        }
        let content: Content
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain || scalar.style == .any
            let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            content = isNull ? .null : .scalar(scalar.string, plain: plain)
        case .sequence(let sequence):
            var items: [SettingsNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(
                    try convert(item, file: file, path: "\(path)[\(index)]", depth: depth + 1, budget: &budget))
            }
            content = .sequence(items)
        case .mapping(let mapping):
            var entries: [SettingsEntry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw SettingsError(
                        .wrongType, "a key must be plain text", file: file, line: key.mark?.line ?? line,
                        column: key.mark?.column ?? column)
                }
                let inner = path.isEmpty ? name.string : "\(path).\(name.string)"
                entries.append(
                    SettingsEntry(
                        key: name.string,
                        value: try convert(value, file: file, path: inner, depth: depth + 1, budget: &budget),
                        line: name.mark?.line ?? line, column: name.mark?.column ?? column))
            }
            content = .mapping(entries)
        case .alias:
            throw SettingsError(.syntax, "undefined alias", file: file, line: line, column: column)
        }
        return SettingsNode(file: file, path: path, line: line, column: column, content: content)
    }
}

extension SettingsError {
    init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(let context, let problem, let mark, yaml: _), .parser(let context, let problem, let mark, yaml: _),
            .composer(let context, let problem, let mark, yaml: _):
            let around = context.map { " \($0.text)" } ?? ""
            self.init(
                .syntax, "not YAML: \(problem)\(around)", file: file, line: mark.line, column: mark.column)
        case .reader(let problem, let offset, value: _, yaml: _):
            self.init(.syntax, "not YAML: \(problem) at byte \(offset ?? 0)", file: file)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(
                .duplicateKey, "the key \(keys) occurs twice in one mapping", file: file, line: context.mark.line,
                column: context.mark.column)
        default:
            self.init(.syntax, "not YAML: \(error)", file: file)
        }
    }
}
