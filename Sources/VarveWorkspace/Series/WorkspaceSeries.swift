public import VarvePromQL
internal import VarveViews

/// All series of a workspace: the samples of its metric signals, and columns of its views.
///
///     let value = try await workspace.evaluate { series in
///         try PromQLQuery("sum(rate(requests_total[5m]))").evaluate(at: now, over: series)
///     }
///
/// To be used within that call, on a thread that may block.
public struct WorkspaceSeries: SeriesSource {
    let samples: SeriesCache
    let views: ViewSeries

    public func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        let found = try samples.select(matchers, from: from, to: to)
        let shown = try views.select(matchers, from: from, to: to)
        return shown.isEmpty ? found : (found + shown).sorted { $0.labels < $1.labels }
    }

    /// The labels of series that have a sample in the range, in order.
    public func labels(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [Labels] {
        let shown = try views.select(matchers, from: from, to: to).map(\.labels)
        return (try samples.labels(matchers, from: from, to: to) + shown).sorted()
    }

    /// A column of a view as a metric.
    public struct ViewMetric: Sendable {
        public var name: String
        /// The names of its labels.
        public var labels: [String]
        public var help: String
        public var unit: String
    }

    /// All metrics that views have, without asking any.
    public var viewMetrics: [ViewMetric] {
        views.sources.flatMap { source in
            source.metrics.map {
                ViewMetric(name: $0.name, labels: source.dimensions + ["bucket"], help: $0.help, unit: $0.unit)
            }
        }
    }
}

extension Workspace {
    /// Runs `body`, which may take as long as an answer, with the series of now.
    ///
    /// - Throws: `PromQLError` of `body`, and `WorkspaceError` as `answer` does.
    public func evaluate<Value: Sendable>(
        _ body: @escaping @Sendable (WorkspaceSeries) throws(PromQLError) -> Value
    ) async throws -> Value {
        let defined = try await views()
        let result = try await runQuestion { [samples, views] () -> Result<Value, PromQLError> in
            let series = WorkspaceSeries(samples: samples, views: ViewSeries(views, defined))
            do throws(PromQLError) { return .success(try body(series)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
