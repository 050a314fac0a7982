/// A limit, drawn as a named dashed line.
public struct ChartBound: Hashable, Sendable {
    public enum Meaning: String, Sendable {
        case alert, warning, target
        var className: String {
            switch self {
            case .alert: ""
            case .warning: " w"
            case .target: " g"
            }
        }
    }

    public var value: Double
    /// `alert above 10 %`.
    public var label: String
    public var meaning: Meaning

    public init(_ value: Double, label: String, _ meaning: Meaning) {
        self.value = value
        self.label = label
        self.meaning = meaning
    }
}
