internal import VarveSettings

/// The layout of a mapped file.
struct TextLayout: Sendable {
    /// The separator of CSV fields.
    var delimiter: UInt8 = 0x2C
    /// Nil for UTF-8.
    var encoding: TextEncoding?
    /// The column names of a file without a header.
    var header: [String]?

    init() {}

    init(_ map: SettingsMapping) throws(SettingsError) {
        if let node = map["delimiter"] { delimiter = try Self.delimiter(node) }
        if let node = map["encoding"] { encoding = try node.choice(TextEncoding.self) }
        if let node = map["header"] {
            var names: [String] = []
            for item in try node.oneOrMore() { names.append(try item.string()) }
            header = names
        }
    }

    private static func delimiter(_ node: SettingsNode) throws(SettingsError) -> UInt8 {
        let text = try node.string()
        switch text {
        case "tab", "\t", "\\t": return 0x09
        case "comma": return 0x2C
        case "semicolon": return 0x3B
        case "pipe": return 0x7C
        default:
            guard text.utf8.count == 1, let byte = text.utf8.first, byte > 0x20, byte < 0x7F, byte != 0x22 else {
                throw node.error(.badValue, "\(node.name) is one character, or comma, semicolon, tab or pipe")
            }
            return byte
        }
    }
}
