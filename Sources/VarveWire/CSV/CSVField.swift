/// A field of CSV, as RFC 4180 has it.
public enum CSVField {
    /// With an apostrophe in front of what a spreadsheet would take for a formula, in quotes where it needs them.
    public static func safe(_ text: String) -> String {
        var text = text
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
