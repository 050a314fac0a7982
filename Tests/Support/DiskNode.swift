// One file of a simulated disk: what a process sees of it, what is durable, and what lies between.

/// A file or a directory.
struct DiskNode: Sendable {
    enum Pending: Sendable {
        case write(Int, [UInt8])
        case truncate(Int)
    }

    var isDirectory = false
    /// What a process reads.
    var bytes: [UInt8] = []
    /// What is certain to survive.
    var durable: [UInt8] = []
    /// Changes since then, in order.
    var pending: [Pending] = []
    /// A sync has failed: `bytes` holds things that no later sync makes durable.
    var isSuspect = false
}

extension DiskNode {
    mutating func put(_ new: [UInt8], at position: Int) {
        Pending.write(position, new).apply(to: &bytes)
        pending.append(.write(position, new))
    }

    mutating func cut(to size: Int) {
        Pending.truncate(size).apply(to: &bytes)
    }
}

extension DiskNode.Pending {
    func apply(to bytes: inout [UInt8]) {
        switch self {
        case .write(let position, let new):
            if position + new.count <= bytes.count {
                bytes.replaceSubrange(position..<(position + new.count), with: new)
            } else {
                if position > bytes.count { bytes += repeatElement(0, count: position - bytes.count) }
                bytes.removeLast(bytes.count - position)
                bytes += new
            }
        case .truncate(let size):
            if size <= bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
        }
    }
}
