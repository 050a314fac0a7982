internal import VarveDisk
public import VarveSettings

/// The rules of a data directory: those of its files, and those built in.
public struct RuleSet: Sendable {
    /// Files first, in the order of their names; then what is built in and no file replaces. As written: not yet set by events.
    public private(set) var rules: [AlertRule] = []
    public private(set) var documents: [RuleDocument] = []
    /// What could not be read; the rules of such a file that could are there.
    public private(set) var errors: [SettingsError] = []

    private static let bytesMax = 4 << 20

    /// The folder of a data directory's rules.
    public static func folder(of data: String) -> String { AlertPaths.rules(data) }

    /// Reads `path`, a file or a folder of them. Two files may not have rules of one id.
    ///
    /// - Throws: `SettingsError` when there is nothing at the path, or it cannot be read.
    public static func read(_ path: String, withBuiltIn: Bool = true) throws(SettingsError) -> RuleSet {
        var set = RuleSet()
        let disk = RealDisk()
        switch try? disk.kind(path) {
        case .directory:
            guard let names = try? disk.list(path) else {
                throw SettingsError(.badValue, "the folder cannot be read", file: path)
            }
            for name in names.sorted() where !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) {
                set.add(try text("\(path)/\(name)"), file: "\(path)/\(name)")
            }
        case .file: set.add(try text(path), file: path)
        default: throw SettingsError(.badValue, "there is no such file or folder", file: path)
        }
        if withBuiltIn { set.addBuiltIn() }
        return set
    }

    /// The rules of the folder of a data directory, which need not be there, and those built in.
    public static func of(_ data: String) throws(SettingsError) -> RuleSet {
        let path = folder(of: data)
        guard (try? RealDisk().kind(path)) == .directory else {
            var set = RuleSet()
            set.addBuiltIn()
            return set
        }
        return try read(path)
    }

    private static func text(_ path: String) throws(SettingsError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try RealDisk().openFile(path).readAll(limit: bytesMax)
        } catch {
            throw SettingsError(.badValue, "the file cannot be read: \(error)", file: path)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(.syntax, "the file is not UTF-8 text", file: path)
        }
        return text
    }

    private mutating func add(_ text: String, file: String) {
        let document = RuleDocument(text, file: file)
        errors += document.errors
        for rule in document.rules {
            if let other = rules.first(where: { $0.id == rule.id }) {
                let problem = RuleProblem(part: .id, message: "there is a rule \"\(rule.id)\" already, in \(other.origin)")
                errors.append(document.error(problem, in: rule.id))
            } else {
                rules.append(rule)
            }
        }
        documents.append(document)
    }

    private mutating func addBuiltIn() {
        rules += BuiltInRules.all.filter { rule in !rules.contains { $0.id == rule.id } }
    }

    /// Everything that is wrong with the files.
    public func findings(_ views: RuleViews) -> [SettingsError] {
        let known = errors
        var all = known
        for document in documents { all += document.findings(views).filter { !known.contains($0) } }
        return all.sorted { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
    }
}
