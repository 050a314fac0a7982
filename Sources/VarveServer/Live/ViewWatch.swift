internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Tells of views whose rows have changed, with those rows.
struct ViewWatch: Sendable {
    private let workspace: ReadableWorkspace
    private let names: [String]
    /// Rows that one message has at most; it says how many there were.
    private static let rowsMax = 1_000
    /// An answer is asked for at most this share of the time.
    private static let share = 20.0

    init(_ workspace: ReadableWorkspace, _ names: [String]) {
        self.workspace = workspace
        self.names = names
    }

    func run(_ tell: (String) -> Void) async {
        var known: [String: (offset: UInt64, rows: Set<String>)] = [:]
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let start = clock.now
            for name in names {
                guard let view = try? await workspace.view(name, "main"),
                    let answer = try? await workspace.answer(ViewRequest(view, source: .keptOrLog(projector: "main")))
                else { continue }
                let before = known[name]
                guard before?.offset != answer.offset.value else { continue }
                let rows = Array(AnswerText(answer).objects)
                let changed = before.map { before in rows.filter { !before.rows.contains($0) } } ?? []
                known[name] = (answer.offset.value, Set(rows))
                if before != nil, !changed.isEmpty { tell(Self.message(answer, changed)) }
            }
            let taken = (clock.now - start) / .seconds(1)
            try? await Task.sleep(for: .seconds(max(0.5, taken * Self.share)))
        }
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
