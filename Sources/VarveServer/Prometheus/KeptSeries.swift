internal import Synchronization
internal import VarvePromQL
internal import VarveWorkspace

/// The series of one workspace: its samples, and the columns of the views that are defined.
///
/// To find out which views are defined takes longer than most queries of a dashboard, so that it is known for a few seconds. What
/// the series hold is looked up by each query.
final class KeptSeries: Sendable {
    /// Its parts are values and classes that threads share; only the conformance is not declared where the type is.
    private struct Known: @unchecked Sendable {
        let series: WorkspaceSeries
        let at: ContinuousClock.Instant
    }

    /// A view that another program saves is found so much later.
    static let seconds = Duration.seconds(5)
    private let known = Mutex<Known?>(nil)

    /// Runs `body` as `Workspace.evaluate` does.
    func evaluate<Value: Sendable>(
        in workspace: Workspace, _ body: @escaping @Sendable (WorkspaceSeries) throws(PromQLError) -> Value
    ) async throws -> Value {
        guard let known = known.withLock({ $0 }), ContinuousClock.now - known.at < Self.seconds else {
            return try await workspace.evaluate { [self] series throws(PromQLError) in
                let now = Known(series: series, at: .now)
                self.known.withLock { $0 = now }
                return try body(series)
            }
        }
        let result = try await workspace.runQuestion { () -> Result<Value, PromQLError> in
            do throws(PromQLError) { return .success(try body(known.series)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// A view was defined or removed.
    func forget() { known.withLock { $0 = nil } }
}
