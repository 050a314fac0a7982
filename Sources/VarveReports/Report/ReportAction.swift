/// Something to do, with the evidence for it.
public struct ReportAction: Sendable {
    public enum Impact: String, Sendable { case high, medium, low }

    /// `database_index`, `memory_optimization`, `error_handling` (A67–A69), `incident_follow_up`, `slow_route`, `capacity`,
    /// `reliability`.
    public var type: String
    public var impact: Impact
    /// In words: what to do, and why.
    public var text: String
    /// Under which name the evidence is listed: `queries`, `hotPaths`, `endpoints` …
    public var evidenceName: String
    public var evidence: AnalysisTable
    /// How far the worst is beyond its limit: the order within an impact.
    var excess: Double

    /// By impact, then by excess; the first has priority 1.
    static func prioritized(_ all: [ReportAction]) -> [ReportAction] {
        func rank(_ action: ReportAction) -> (Int, Double, String) {
            (action.impact == .high ? 0 : action.impact == .medium ? 1 : 2, -action.excess, action.type)
        }
        return all.sorted { rank($0) < rank($1) }
    }
}
