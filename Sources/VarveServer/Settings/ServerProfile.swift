/// What of its pages and paths a server shows. Events are taken and views kept whatever the profile is.
public enum ServerProfile: String, CaseIterable, Sendable {
    /// Everything.
    case all
    /// What the chatbot's plan has: without error endpoint, alert rules, conversion funnel, business reports and predictions.
    case chatbot

    /// Paths that answer 404, with everything below them.
    var hiddenPaths: [String] {
        switch self {
        case .all: []
        case .chatbot: Self.hiddenInChatbot
        }
    }

    private static let hiddenInChatbot: [String] = [
        "/alerts", "/errors", "/business", "/api/errors", "/api/v1/alerts", "/api/v1/rules", "/api/v1/silences",
        "/api/v1/analyze/forecast", "/api/v1/analyze/errors", "/api/v1/reports", "/api/v2/alerts", "/alertmanager",
        "/api/dashboard/business", "/api/monitoring/alerts", "/api/monitoring/thresholds", "/api/flashfusion",
        "/prometheus/api/v1/alerts", "/prometheus/api/v1/rules",
    ]
}
