/// The state of a component of a running program. A started component is not necessarily ready.
public enum Readiness: Hashable, Sendable, CustomStringConvertible {
    case starting(String)
    case ready
    case degraded(String)
    case stopping

    /// Whether the component is working.
    public var isReady: Bool {
        switch self {
        case .ready, .degraded: true
        case .starting, .stopping: false
        }
    }

    public var description: String {
        switch self {
        case .starting(let what): "starting: \(what)"
        case .ready: "ready"
        case .degraded(let why): "degraded: \(why)"
        case .stopping: "stopping"
        }
    }
}
