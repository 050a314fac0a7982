/// A chart of letters, for a terminal: each series as a row of blocks, with its least, greatest and last value.
public struct TerminalChart: Sendable {
    private let chart: Chart
    private let width: Int
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameter width: Columns of the terminal.
    public init(_ chart: Chart, width: Int = 80) {
        self.chart = chart
        self.width = max(40, min(400, width))
    }

    public var text: String {
        var lines = [chart.title + (chart.note.isEmpty ? "" : "  (\(chart.note))")]
        let names = chart.series.map { LabelPlaces.cut($0.name, to: 20) }
        let room = names.map(\.count).max() ?? 0
        let columns = max(8, min(chart.count, width - room - 28))
        let values = chart.series.flatMap { $0.values.compactMap { $0 } }
        let top = values.max() ?? 0
        for (series, name) in zip(chart.series, names) {
            let known = series.values.compactMap { $0 }
            let label = name + String(repeating: " ", count: room - name.count)
            guard let least = known.min(), let greatest = known.max(), let last = known.last else {
                lines.append("\(label)  no data")
                continue
            }
            let row = String((0..<columns).map { block(series.values, $0, columns, top) })
            let told = [least, greatest, last].map { chart.unit.text($0) }
            lines.append("\(label)  \(row)  \(told[0]) … \(told[1]), last \(told[2])")
        }
        if chart.count > 0 {
            let (from, to) = (ClockText.dayAndTime(chart.start), ClockText.dayAndTime(chart.end))
            let space = String(repeating: " ", count: max(1, columns - from.count - to.count))
            lines.append(String(repeating: " ", count: room + 2) + from + space + to + " UTC")
        }
        for bound in chart.bounds { lines.append("- - \(bound.label)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The greatest value of a column; a blank where there is none.
    private func block(_ values: [Double?], _ column: Int, _ columns: Int, _ top: Double) -> Character {
        let from = column * values.count / columns
        let to = max(from + 1, (column + 1) * values.count / columns)
        let known = values[min(from, values.count)..<min(to, values.count)].compactMap { $0 }.filter { $0.isFinite }
        guard let value = known.max() else { return " " }
        guard top > 0 else { return Self.blocks[0] }
        return Self.blocks[Int(max(0, min(7, value / top * 7.999)))]
    }
}
