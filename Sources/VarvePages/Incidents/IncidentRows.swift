internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// Rows of the view `incidents`, in words.
enum IncidentRows {
    static let view = "incidents"
    /// From open to closed; the last two end an incident.
    static let states = ["open", "investigating", "identified", "monitoring", "resolved", "closed"]
    static let severities = ["critical", "high", "medium", "low"]

    static let ask = Ask.table(view, sort: "opened:desc", limit: 200)

    static func isOpen(_ row: ViewRow) -> Bool {
        if case .bool(let isOpen)? = row["open"] { return isOpen }
        return !["resolved", "closed"].contains(row["status"]?.text ?? "")
    }

    static func time(_ row: ViewRow, _ column: String) -> Timestamp? {
        if case .time(let time)? = row[column] { return time }
        return nil
    }

    static func link(_ row: ViewRow, _ state: PageState) -> String? {
        guard let id = row["incident_id"]?.text, !id.isEmpty else { return nil }
        return state.page(path(id)).link
    }

    static func path(_ id: String) -> String { "/incidents/" + PageState.encode(id) }

    static func status(_ severity: String?) -> ChartStatus {
        switch severity?.lowercased() {
        case "critical", "high": .critical
        case nil, "": .none
        default: .warning
        }
    }

    static func table(_ label: String, _ state: PageState) -> RowsTable {
        RowsTable(
            columns: ["title", "status", "severity", "opened", "seconds_open", "events"], label: label,
            link: { row, column in column == "title" ? link(row, state) : nil }, statusColumn: "status")
    }
}
