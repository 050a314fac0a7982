internal import Synchronization

/// How many bytes of bodies are worked on at the same time. What does not fit is refused before anything of it is read.
final class Admission: Sendable {
    let limit: Int
    private let held = Mutex<Int>(0)

    init(bytes: Int) { limit = bytes }

    var bytesInFlight: Int { held.withLock { $0 } }

    /// Takes room for `bytes`, until the result is dropped.
    func enter(_ bytes: Int) throws(Problem) -> Place {
        let isTaken = held.withLock { held in
            guard held + bytes <= limit else { return false }
            held += bytes
            return true
        }
        guard isTaken else {
            throw Problem(503, "overloaded", "too many bytes are in flight; send it again a little later", retryAfter: 1)
        }
        return Place(self, bytes)
    }

    final class Place: Sendable {
        private let admission: Admission
        private let bytes: Int

        fileprivate init(_ admission: Admission, _ bytes: Int) {
            self.admission = admission
            self.bytes = bytes
        }

        deinit { admission.held.withLock { $0 -= bytes } }
    }
}
