import VarveEvents
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// Where two versions of a view in a store differ, at the same offset.
struct VersionDifference {
    /// One value that differs.
    struct Row {
        var time: Timestamp?
        var dimensions: [NamedValue]
        var column: String
        var before: ViewValue?
        var after: ViewValue?

        var json: String {
            var line = JSONLine()
            if let time { line.field("time", RFC3339.text(time)) }
            for value in dimensions { line.field(value.name, json: value.value.json) }
            line.field("column", column)
            line.field("before", json: before?.json ?? "null")
            line.field("after", json: after?.json ?? "null")
            return line.text
        }
    }

    private(set) var rows: [Row] = []
    private let view: String
    private let versions: [Int]
    private var offsets: [Offset] = []
    private var compared = 0

    /// Compares the version that readers see with the highest other one.
    init(_ view: String, at data: String, projector: String, among known: [AnyView]) throws {
        self.view = view
        let store = try DataDirectory.store(data, projector: projector)
        let stored = try store.read { store throws(ViewError) in try store.views() }
        let current = try CurrentVersions(at: data, projector: projector).version(of: view, stored)
        let known = known.byStoredIdentity
        var found: [(stored: StoredView, definition: ViewDefinition)] = []
        for one in stored where one.name == view {
            if case .mergeable(let definition)? = known[one.fingerprint] { found.append((one, definition)) }
        }
        guard let old = found.first(where: { $0.stored.version == current }),
            let new = found.last(where: { $0.stored.version != current })
        else {
            throw CommandFailure(
                .failure, "there are no two versions of '\(view)' to compare", place: data,
                next: "put both definitions into --views-dir and run varve project; or give --from and --against")
        }
        versions = [old.stored.version, new.stored.version]
        let shared = old.definition.dimensions.map(\.name).filter { new.definition.dimensions.map(\.name).contains($0) }
        let bucket = max(.day, old.definition.permanentLevel, new.definition.permanentLevel)
        let answers = try AnsweredViews.open(data).answers(
            [old.definition, new.definition].map {
                ViewRequest(.mergeable($0), source: .kept(projector: projector), bucket: bucket, by: shared)
            })
        let (before, after) = (answers[0].rows, answers[1].rows)
        offsets = answers.map(\.offset)
        let columns = old.definition.columnNames + new.definition.columnNames.filter { !old.definition.columnNames.contains($0) }
        compare(before, after, shared, columns)
    }

    private mutating func compare(_ before: [ViewRow], _ after: [ViewRow], _ shared: [String], _ columns: [String]) {
        struct Key: Hashable {
            var time: Timestamp?
            var values: [ViewValue?]
        }
        func key(_ row: ViewRow) -> Key { Key(time: row.time, values: shared.map { row[$0] }) }
        let later = Dictionary(after.map { (key($0), $0) }) { first, _ in first }
        let earlier = Set(before.map(key))
        for (old, new) in before.map({ ($0, later[key($0)]) }) + after.filter({ !earlier.contains(key($0)) }).map({ (nil, $0) })
            as [(ViewRow?, ViewRow?)]
        {
            guard let row = old ?? new else { continue }
            for column in columns {
                compared += 1
                let (left, right) = (old?[column], new?[column])
                if left == right { continue }
                let dimensions = shared.map { NamedValue($0, row[$0] ?? .null) }
                rows.append(Row(time: row.time, dimensions: dimensions, column: column, before: left, after: right))
            }
        }
    }

    func print(_ top: Int) throws {
        let at = offsets[0] == offsets[1] ? "at offset \(offsets[0].value.grouped)" : "at offsets \(offsets[0]) and \(offsets[1])"
        try Output.standard.line(
            "\(view): version \(versions[1]) against \(versions[0]), which readers see, \(at): "
                + "\(rows.count.grouped) of \(compared.grouped) values differ")
        guard let first = rows.first else { return }
        let names = first.dimensions.map(\.name)
        let hasTime = first.time != nil
        var table = Table((hasTime ? ["time"] : []) + names + ["column", "before", "after"], numbers: ["before", "after"])
        for row in rows.prefix(top) {
            table.add(
                (row.time.map { [ViewFormat.short($0)] } ?? []) + row.dimensions.map { ViewFormat.text($0.value) }
                    + [row.column, ViewFormat.text(row.before ?? .null), ViewFormat.text(row.after ?? .null)])
        }
        try Output.standard.write(table.text())
    }
}
