internal import Synchronization

/// How many bytes of bodies are worked on at the same time. What does not fit is refused before anything of it is read.
final class Admission: Sendable {
    let limit: Int
    private let held = Mutex<Int>(0)

    init(bytes: Int) { limit = bytes }

    var bytesInFlight: Int { held.withLock { $0 } }

    /// Takes room for `bytes`, until the result is dropped.
    func enter(_ bytes: Int) throws(Problem) -> Place {
        try take(bytes)
        return Place(self, bytes)
    }

    private func take(_ bytes: Int) throws(Problem) {
        let isTaken = held.withLock { held in
            guard bytes <= limit - held else { return false }
            held += bytes
            return true
        }
        guard isTaken else {
            throw Problem(503, "overloaded", "too many bytes are in flight; send it again a little later", retryAfter: 1)
        }
    }

    final class Place: Sendable {
        private let admission: Admission
        private let bytes: Mutex<Int>

        fileprivate init(_ admission: Admission, _ bytes: Int) {
            self.admission = admission
            self.bytes = Mutex(bytes)
        }

        /// Takes more room where `bytes` do not fit in what it has: a packed body tells only as it unpacks how long it is.
        func grow(to bytes: Int) throws(Problem) {
            try self.bytes.withLock { held throws(Problem) in
                guard bytes > held else { return }
                try admission.take(bytes - held)
                held = bytes
            }
        }

        deinit {
            let bytes = self.bytes.withLock { $0 }
            admission.held.withLock { $0 -= bytes }
        }
    }
}
