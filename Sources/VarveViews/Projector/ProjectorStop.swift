internal import VarveDisk

/// A request that a projector stop, which wakes its thread.
final class ProjectorStop: Sendable {
    private struct State {
        var isRequested = false
        var watch: DirectoryWatch?
    }

    private let state = Monitor(State())

    var isRequested: Bool { state.withLock(notify: false) { $0.isRequested } }

    func request() {
        let watch = state.withLock { state in
            state.isRequested = true
            return state.watch
        }
        watch?.wake()
    }

    /// Blocks for `nanoseconds`, or until the request.
    ///
    /// - Returns: whether stopping was requested.
    func wait(atMost nanoseconds: Int64) -> Bool {
        state.wait(atMost: nanoseconds) { $0.isRequested ? true : nil } ?? false
    }

    /// Blocks until `watch` reports a change, until the request, or until `limit` nanoseconds have passed; for `pause`
    /// nanoseconds where the system does not report changes.
    func wait(for watch: DirectoryWatch, pause: Int64, atMost limit: Int64) {
        let isRequested = state.withLock(notify: false) { state in
            state.watch = watch
            return state.isRequested
        }
        if !isRequested { watch.wait(pause: pause, atMost: limit) }
    }
}
