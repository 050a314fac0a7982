internal import VarveDisk

/// A change of a directory that is not yet durable.
enum PendingEntry: Sendable {
    case add(String, Int)
    case remove(String)
    case rename(String, String, Int)

    /// The directory that must be synced for it.
    var directory: String {
        switch self {
        case .add(let path, _), .remove(let path): parentDirectory(of: path)
        case .rename(_, let target, _): parentDirectory(of: target)
        }
    }

    /// Whether it makes `node` the file at `path`.
    func adds(_ node: Int, _ path: String) -> Bool {
        switch self {
        case .add(let added, let number), .rename(_, let added, let number): added == path && number == node
        case .remove: false
        }
    }

    func apply(to entries: inout [String: Int]) {
        switch self {
        case .add(let path, let node): entries[path] = node
        case .remove(let path): entries[path] = nil
        case .rename(let path, let target, let node):
            if entries[path] == node { entries[path] = nil }
            entries[target] = node
        }
    }
}
