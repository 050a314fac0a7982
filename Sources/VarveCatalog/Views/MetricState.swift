/// Green, yellow and red (A78).
public enum MetricState: String, CaseIterable, Sendable {
    case healthy, warning, alert
}
