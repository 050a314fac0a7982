import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// A view whose metrics are printed: a built-in one, or a custom one that the projector maintains.
struct MeasuredView {
    let definition: ViewDefinition
    /// Units and bounds; nil for a custom view.
    let described: CatalogView?

    /// The columns of its metrics.
    var columns: [String] { described?.metrics.map(\.column) ?? definition.columnNames }

    /// The views of one system, or all of them. Of custom views with several versions, the one that readers see.
    static func all(
        of system: String?, at data: String, projector: String, _ definitions: ViewSelection
    ) throws -> [MeasuredView] {
        let builtIn = Catalog.views.filter { system == nil || $0.system.rawValue == system }
            .map { MeasuredView(definition: $0.definition, described: $0) }
        guard system == nil else { return builtIn }
        let found = try definitions.found(at: data)
        let stored = try Set(ViewAnswers.open(at: data).storedViews(projector).map(\.fingerprint))
        var names: [String] = []
        for view in found.views where !found.defined.isBuiltIn(view) && !names.contains(view.name) { names.append(view.name) }
        let custom = try names.compactMap { name -> MeasuredView? in
            let any = try definitions.view(name, at: data, projector: projector)
            guard case .mergeable(let view) = any, !stored.isDisjoint(with: any.storedIdentities) else { return nil }
            return MeasuredView(definition: view, described: nil)
        }
        return builtIn + custom
    }
}

/// One metric over the whole requested range.
struct FlatMetric {
    let name: String
    let value: ViewValue
    /// The same metric of the other window or offset.
    let against: ViewValue?
    let unit: String?
    let state: MetricState?
    let bounds: String

    /// The numeric metrics of a view; empty if it has no events.
    static func all(of view: MeasuredView, _ answer: ViewAnswer, _ other: ViewAnswer?) -> [FlatMetric] {
        guard let row = answer.rows.first else { return [] }
        return view.columns.compactMap { column in
            guard let value = row[column], value != .null else { return nil }
            if case .top = value { return nil }
            let metric = view.described?.metrics.first { $0.column == column }
            let bounds = [metric?.bounds.healthy.map { "healthy \($0)" }, metric?.bounds.alert.map { "alert \($0)" }]
            return FlatMetric(
                name: "\(view.definition.name).\(column)", value: value, against: other?.rows.first?[column],
                unit: metric?.unit?.rawValue, state: value.number.flatMap { metric?.bounds.state(of: $0) },
                bounds: bounds.compactMap(\.self).joined(separator: ", "))
        }
    }

    /// The increase over the compared value.
    var change: ViewValue? {
        if case .int(let now) = value, case .int(let then)? = against {
            let (change, overflow) = now.subtractingReportingOverflow(then)
            if !overflow { return .int(change) }
        }
        guard let now = value.number, let then = against?.number else { return nil }
        return .double(now - then)
    }

    func json(withOther: Bool) -> String {
        var line = JSONLine()
        line.field("value", json: value.json)
        line.field("unit", unit)
        line.field("state", state?.rawValue)
        if withOther {
            line.field("against", json: (against ?? .null).json)
            line.field("change", json: (change ?? .null).json)
        }
        return line.text
    }
}
