internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Tells of views whose rows have changed since it was made, with those rows.
struct ViewWatch: Sendable {
    private struct Known: Sendable {
        var offset: UInt64
        var rows: Set<String>
    }

    private let workspace: ReadableWorkspace
    private let names: [String]
    /// The rows of each view that could be read when it was made.
    private var first: [String: Known] = [:]
    /// Rows that one message has at most; it says how many there were.
    private static let rowsMax = 1_000
    /// An answer is asked for at most this share of the time.
    private static let share = 20.0

    init(_ workspace: ReadableWorkspace, _ names: [String]) async {
        self.workspace = workspace
        self.names = names
        _ = await look(&first)
    }

    /// Looks now and then, until the task is cancelled.
    func run(_ tell: (String) -> Void) async {
        var known = first
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let start = clock.now
            for message in await look(&known) { tell(message) }
            let taken = (clock.now - start) / .seconds(1)
            try? await Task.sleep(for: .seconds(max(0.5, taken * Self.share)))
        }
    }

    /// Messages on the views that are not as they are in `known`, which is brought up to date. A view that cannot be read is
    /// passed over; one that was not known before is not told of.
    private func look(_ known: inout [String: Known]) async -> [String] {
        var messages: [String] = []
        for name in names {
            guard let view = try? await workspace.view(name, "main"),
                let answer = try? await workspace.answer(ViewRequest(view, source: .keptOrLog(projector: "main")))
            else { continue }
            let before = known[name]
            guard before?.offset != answer.offset.value else { continue }
            let rows = Array(AnswerText(answer).objects)
            known[name] = Known(offset: answer.offset.value, rows: Set(rows))
            let changed = before.map { before in rows.filter { !before.rows.contains($0) } } ?? []
            if !changed.isEmpty { messages.append(Self.message(answer, changed)) }
        }
        return messages
    }

    private static func message(_ answer: ViewAnswer, _ rows: [String]) -> String {
        var object = JSONLine()
        object.field("view", answer.view)
        object.field("version", answer.version)
        object.field("offset", answer.offset.value)
        object.field("changed", rows.count)
        object.field("rows", json: JSONLine.array(rows.prefix(rowsMax)))
        return object.text
    }
}
