/// How far a part of a running program has come. Started is not ready.
public enum Readiness: Hashable, Sendable, CustomStringConvertible {
    case starting(String)
    case ready
    case degraded(String)
    case stopping

    /// Whether it does its work.
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
