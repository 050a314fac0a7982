internal import VarveCharts
internal import VarvePages
internal import VarveViews
internal import VarveWorkspace

/// What a chart is asked to look like; the names are the flags of `varve chart`.
struct ChartQuestion: Sendable {
    var view: String
    var column: String?
    var by: String?
    var drawing: ChartFile

    init(_ query: QueryText) throws(Problem) {
        guard let view = query.first("view") else { throw .badParameter("view", "the name of a view") }
        self.view = view
        column = query.first("column")
        let split = query.first("by")
        by = split == "none" ? nil : split
        drawing = ChartFile()
        if let text = query.first("theme") {
            guard let theme = ChartTheme(rawValue: text) else { throw .badParameter("theme", "light or dark") }
            drawing.theme = theme
        }
        if let text = query.first("kind") {
            guard let kind = Chart.Kind(rawValue: text) else { throw .badParameter("kind", "line, area or bars") }
            drawing.kind = kind
        }
        if let width = try query.number("width", in: ChartFile.widths) { drawing.width = width }
        if let height = try query.number("height", in: ChartFile.heights) { drawing.height = height }
        drawing.title = query.first("title")
    }

    func svg(_ answer: ViewAnswer, _ description: ViewDescription) throws(Problem) -> String {
        do {
            return try drawing.svg(answer, description, column: column, by: by)
        } catch {
            throw .badParameter(error.parameter ?? "view", error.sentence)
        }
    }
}
