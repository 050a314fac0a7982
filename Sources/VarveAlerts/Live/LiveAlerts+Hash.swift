internal import Synchronization
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

// The hash of what a firing looked at.
extension LiveAlerts {
    /// Who is told waits so long for a hash. A long log may need longer; then the firing stands without, and `alert explain`
    /// works it out.
    private static let hashSeconds = 1.5

    /// The hash of a view over the events below `next`; nil where it cannot be said, or not soon.
    func hash(_ view: String) async -> String? {
        if let known = hashes[view] { return known }
        guard hashesViews, !isHashing, let definition = views.definition(view) else { return nil }
        let (path, end, workspace) = (workspace.path, next, workspace)
        isHashing = true
        let first = FirstAnswer()
        Task {
            let hash = try? await workspace.runQuestion {
                "\(try ViewHistory.open(at: path).hash(of: definition, asOf: .offset(end)))"
            }
            isHashing = false
            first.give(hash)
        }
        Task {
            try? await Task.sleep(for: .seconds(Self.hashSeconds))
            first.give(nil)
        }
        let hash = await first.value()
        hashes[view] = hash
        return hash
    }
}

/// The answer that comes first.
private final class FirstAnswer: Sendable {
    private enum State {
        case open
        case waited(CheckedContinuation<String?, Never>)
        case given(String?)
    }

    private let state = Mutex(State.open)

    func give(_ answer: String?) {
        let waiting = state.withLock { state -> CheckedContinuation<String?, Never>? in
            switch state {
            case .given: return nil
            case .open:
                state = .given(answer)
                return nil
            case .waited(let continuation):
                state = .given(answer)
                return continuation
            }
        }
        waiting?.resume(returning: answer)
    }

    func value() async -> String? {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> String?? in
                if case .given(let answer) = state { return .some(answer) }
                state = .waited(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
