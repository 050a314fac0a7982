/// How bad an alert is.
public enum AlertSeverity: String, CaseIterable, Comparable, Sendable {
    case info, warning, critical

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }

    public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool { left.rank < right.rank }
}
