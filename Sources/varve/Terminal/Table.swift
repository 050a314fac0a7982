/// Rows of text in aligned columns: numbers are right-aligned, everything else left-aligned.
struct Table {
    private let header: [String]
    private let numeric: [Bool]
    private var rows: [[String]] = []

    /// The column names; columns in `numbers` are right-aligned.
    init(_ header: [String], numbers: Set<String> = []) {
        self.header = header
        numeric = header.map(numbers.contains)
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == header.count, "\(row.count) values for \(header.count) columns")
        rows.append(row.map { SafeText.escape($0) })
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The lines, each prefixed with `indent` and without trailing spaces.
    func text(indent: String = "") -> String {
        var widths = header.map(\.count)
        for row in rows { for (index, value) in row.enumerated() { widths[index] = max(widths[index], value.count) } }
        var text = ""
        for row in [header] + rows {
            var line = indent
            for (index, value) in row.enumerated() {
                let space = String(repeating: " ", count: widths[index] - value.count)
                line += (index > 0 ? "  " : "") + (numeric[index] ? space + value : value + space)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}

/// A row of small bars, one per value.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// Bars between zero and the largest value; nil is a space.
    static func text(_ values: [Double?]) -> String {
        let largest = values.compactMap { $0 }.max() ?? 0
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard largest > 0 else { return bars[0] }
                return bars[min(bars.count - 1, max(0, Int(value / largest * Double(bars.count))))]
            })
    }
}
