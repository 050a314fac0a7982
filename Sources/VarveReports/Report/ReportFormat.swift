/// How a report is written.
public enum ReportFormat: String, CaseIterable, Sendable {
    case markdown, html, json
}
