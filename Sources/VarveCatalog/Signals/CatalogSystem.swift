internal import VarveEvents

/// The five systems whose documents the catalog answers, and what is common to them.
public enum CatalogSystem: String, CaseIterable, Sendable {
    case bookiji, atomic, flashfusion, chatbot, monitoring

    /// As a heading.
    public var title: String {
        switch self {
        case .bookiji: "Bookiji: resilience"
        case .atomic: "Atomic Guide: requests, pages, learning tools"
        case .flashfusion: "FlashFusion: creators, channels, debt and incidents"
        case .chatbot: "Chatbot: messages and the bot itself"
        case .monitoring: "Monitoring: machines, metrics and alerts"
        }
    }

    /// The letter its requirements begin with.
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
