internal import VarveEvents

/// When a metric is healthy, and when it is in the alert state. Between the two it is a warning: yellow.
public struct MetricBounds: Hashable, Sendable {
    public var healthy: MetricBound?
    public var alert: MetricBound?

    public init(healthy: MetricBound? = nil, alert: MetricBound? = nil) {
        self.healthy = healthy
        self.alert = alert
    }

    /// The state of `value`; nil for a metric without bounds.
    public func state(of value: Double) -> MetricState? {
        if let alert, alert.holds(value) { return .alert }
        guard let healthy else { return alert == nil ? nil : .healthy }
        return healthy.holds(value) ? .healthy : .warning
    }
}
