internal import VarveEvents

/// The five systems covered by the catalog, and their common properties.
public enum CatalogSystem: String, CaseIterable, Sendable {
    case bookiji, atomic, flashfusion, chatbot, monitoring

    /// The name in headings.
    public var title: String {
        switch self {
        case .bookiji: "Bookiji: resilience"
        case .atomic: "Atomic Guide: requests, pages, learning tools"
        case .flashfusion: "FlashFusion: creators, channels, debt and incidents"
        case .chatbot: "Chatbot: messages and the bot itself"
        case .monitoring: "Monitoring: machines, metrics and alerts"
        }
    }

    /// The letter with which its requirements begin.
    public var letter: Character {
        switch self {
        case .bookiji: "B"
        case .atomic: "A"
        case .flashfusion: "F"
        case .chatbot: "C"
        case .monitoring: "M"
        }
    }
}
