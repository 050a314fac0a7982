/// Writes CSV fields according to RFC 4180.
public enum CSVField {
    /// Prefixes text that a spreadsheet would treat as a formula with an apostrophe, and adds quotes where needed.
    public static func safe(_ text: String) -> String {
        var text = text
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
