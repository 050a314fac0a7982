/// The four states: each has a word and a shape, never a colour alone.
public enum ChartStatus: String, Sendable, CaseIterable {
    case ok, warning, critical, none

    public var word: String {
        switch self {
        case .ok: "OK"
        case .warning: "warning"
        case .critical: "critical"
        case .none: "no data"
        }
    }

    /// For titles and terminals.
    public var sign: String {
        switch self {
        case .ok: "●"
        case .warning: "▲"
        case .critical: "■"
        case .none: "◌"
        }
    }

    /// How bad: critical first.
    public var rank: Int {
        switch self {
        case .critical: 0
        case .warning: 1
        case .none: 2
        case .ok: 3
        }
    }
}
