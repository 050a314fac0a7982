internal import VarveCatalog
internal import VarveEvents
public import VarveProjections

/// The views that rules can look at, and what is wrong with a rule that looks at something else.
public struct RuleViews: Sendable {
    private let views: [AnyView]

    public init(_ views: [AnyView]) { self.views = views }

    /// The greatest version of the view, if its states merge.
    func definition(_ name: String) -> ViewDefinition? {
        let own = views.filter { $0.name == name }.max { $0.version < $1.version }
        guard case .mergeable(let definition)? = own else { return nil }
        return definition
    }

    /// What keeps the rule from being evaluated; empty when nothing does.
    public func problems(of rule: AlertRule) -> [RuleProblem] {
        if rule.isQuery { return [] }
        let source = rule.source
        guard let definition = definition(source.view) else { return [unknownView(source.view)] }
        var problems: [RuleProblem] = []
        let columns = Self.numbers(definition)
        if !columns.contains(source.column) {
            let near = NearNames.nearest(to: source.column, among: columns, within: 3).first
            let hint = near.map { "; did you mean \"\($0)\"?" } ?? "; it has \(columns.joined(separator: ", "))"
            problems.append(
                RuleProblem(part: .column, message: "view \(source.view) has no column \"\(source.column)\" of numbers" + hint))
        }
        let dimensions = definition.dimensions.map(\.name)
        let known = dimensions.isEmpty ? "it has none" : "it has \(dimensions.joined(separator: ", "))"
        for name in source.by where !dimensions.contains(name) {
            problems.append(RuleProblem(part: .by, message: "view \(source.view) has no dimension \"\(name)\"; \(known)"))
        }
        for filter in source.filters where !dimensions.contains(filter.field) && !dimensions.contains(filter.name) {
            problems.append(
                RuleProblem(part: .filters, message: "view \(source.view) has no dimension \"\(filter.field)\"; \(known)"))
        }
        if let count = source.countColumn, !columns.contains(count) {
            problems.append(RuleProblem(part: .count, message: "view \(source.view) has no column \"\(count)\" of numbers"))
        } else if source.minCount != nil, source.countColumn == nil, Self.count(definition) == nil {
            problems.append(
                RuleProblem(part: .count, message: "view \(source.view) counts nothing that min_count could be compared with"))
        }
        let prepared = PreparedRule(rule, definition)
        if prepared.bucketsNeeded > PreparedRule.bucketsMax {
            problems.append(
                RuleProblem(
                    part: .window,
                    message:
                        "the rule looks back over \(prepared.bucketsNeeded) "
                        + (prepared.slice.map { "times \(RuleDuration.text($0))" } ?? "\(prepared.level.name)s") + ", and "
                        + "\(PreparedRule.bucketsMax) are kept for rules; take a coarser bucket or a shorter time"))
        }
        if source.isFine, !prepared.canBeFine {
            problems.append(
                RuleProblem(
                    part: .by,
                    message: "a dimension of the time of day cannot be evaluated more often than every minute; add every: 1m"))
        }
        if isFraction(source), let limit = rule.test.threshold, case .number = rule.test, limit > 1 {
            problems.append(
                RuleProblem(
                    part: .threshold,
                    message: "\(source.view).\(source.column) is a share between 0 and 1; \(NumberText.short(limit)) per cent is "
                        + NumberText.short(limit / 100)))
        }
        return problems
    }

    private func unknownView(_ name: String) -> RuleProblem {
        if views.contains(where: { $0.name == name }) {
            return RuleProblem(
                part: .view,
                message: "\(name) is folded in the order of events and has no buckets; rules look at views with buckets")
        }
        let near = NearNames.nearest(to: name, among: views.map(\.name), within: 3).first
        return RuleProblem(
            part: .view, message: "there is no view \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
    }

    private func isFraction(_ source: RuleSource) -> Bool {
        Catalog.view(source.view)?.metrics.first { $0.column == source.column }?.unit == .fraction
    }

    /// The columns that can be compared with numbers.
    static func numbers(_ view: ViewDefinition) -> [String] {
        view.measures.flatMap { measure -> [String] in
            if case .topK = measure.kind { [] } else { measure.columnNames }
        } + view.derived.map(\.name)
    }

    /// The first count of a view.
    static func count(_ view: ViewDefinition) -> String? {
        for measure in view.measures {
            switch measure.kind {
            case .count: return measure.name
            case .quantiles(_, let columns):
                if let column = columns.first(where: { $0.statistic == .count }) { return column.name }
            default: continue
            }
        }
        return nil
    }
}
