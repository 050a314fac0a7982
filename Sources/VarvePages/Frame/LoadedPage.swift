internal import VarveCharts
internal import VarveLog
internal import VarveWorkspace

/// A page that reads more than views and a list of events before it is written.
protocol LoadedPage: Page {
    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws
}

/// How a page reads: blocking work runs on the threads for questions.
struct PageReading: Sendable {
    let workspace: Workspace

    var path: String { workspace.path }

    func question<Value: Sendable>(_ body: @escaping @Sendable (LogReader) throws -> Value) async throws -> Value {
        try await workspace.runQuestion { [reader = workspace.reader] in try body(reader) }
    }
}
