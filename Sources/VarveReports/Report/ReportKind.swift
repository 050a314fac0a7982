/// The reports.
public enum ReportKind: String, CaseIterable, Sendable {
    case daily, weekly, incident, optimization
}
