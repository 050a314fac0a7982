import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveProjections
import VarveWire

struct CatalogViewsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "views", abstract: "List the built-in views: their signals, and the formula of each column.",
        discussion: """
            With --json the definitions are printed as data, so that another program can
            compute the same from the events.

              varve catalog views
              varve catalog views --system chatbot
              varve catalog views --json
            """)

    @Option(help: "Only one system: bookiji, atomic, flashfusion, chatbot or monitoring.") var system: String?
    @Flag(help: "Print a JSON array of objects.") var json = false

    func validate() throws {
        guard let system, CatalogSystem(rawValue: system) == nil else { return }
        let known = CatalogSystem.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no system '\(system)'. There are: \(known).")
    }

    func run() throws {
        let views = Catalog.views.filter { system == nil || $0.system.rawValue == system }
        let ordered = Catalog.describedSequentialViews.filter { system == nil || $0.system.rawValue == system }
        if json { return try Output.standard.array(views.map(DefinitionJSON.text) + ordered.map(DefinitionJSON.text)) }
        var table = Table(["view", "system", "columns", "meaning"])
        for view in views {
            table.add([view.name, view.system.rawValue, view.definition.columnNames.joined(separator: ","), view.meaning])
        }
        for view in ordered {
            let tables = view.projection.tables.map(\.name).joined(separator: ",")
            table.add([view.name, view.system.rawValue, "sequential: \(tables)", view.meaning])
        }
        try Output.standard.write(table.text())
    }
}

/// View definitions as JSON.
enum DefinitionJSON {
    static func text(_ view: CatalogView) -> String {
        let definition = view.definition
        var line = head(view.name, view.system, view.meaning, view.requirements)
        line.field("kind", "mergeable")
        line.field("level", definition.permanentLevel.name)
        line.field("budget", definition.budget)
        line.field("signals", json: signals(definition.signals))
        line.field("filter", json: definition.filter.map(condition) ?? "null")
        line.field("dimensions", json: list(definition.dimensions.map(dimension)))
        line.field("measures", json: list(definition.measures.map(measure)))
        line.field("derived", json: list(definition.derived.map(derived)))
        line.field("metrics", json: list(view.metrics.map(metric)))
        return line.text
    }

    static func text(_ view: SequentialView) -> String {
        var line = head(view.name, view.system, view.meaning, view.requirements)
        let projection = view.projection
        if let entity = projection as? EntityDefinition {
            line.field("kind", "entity")
            line.field("key", json: list(entity.key.map(field)))
            line.field("rules", json: list(entity.rules.map(rule)))
            line.field("order", json: list(entity.order.map(quoted)))
        } else {
            line.field("kind", projection is SessionDefinition ? "session" : "sequential")
        }
        line.field("signals", json: signals(projection.signals))
        let tables = projection.tables.map { table -> String in
            var line = JSONLine()
            line.field("name", table.name)
            line.field("columns", json: list(table.columns.map(quoted)))
            return line.text
        }
        line.field("tables", json: list(tables))
        return line.text
    }

    private static func head(_ name: String, _ system: CatalogSystem, _ meaning: String, _ ids: [String]) -> JSONLine {
        var line = JSONLine()
        line.field("name", name)
        line.field("system", system.rawValue)
        line.field("meaning", meaning)
        line.field("requirements", json: list(ids.map(quoted)))
        return line
    }

    private static func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ",") + "]" }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func object(_ name: String, _ value: String) -> String { "{\(quoted(name)):\(value)}" }

    private static func signals(_ filter: SignalFilter) -> String {
        var line = JSONLine()
        line.field("names", json: list(filter.names.map(quoted)))
        line.field("prefixes", json: list(filter.prefixes.map(quoted)))
        return line.text
    }

    private static func field(_ field: Field) -> String {
        var line = JSONLine()
        line.field("place", "\(field.place)")
        line.field("name", field.name)
        return line.text
    }

    private static func value(_ value: Value) -> String {
        switch value {
        case .int64(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .string(let text), .json(let text): return quoted(text)
        case .double(let number):
            var writer = JSONWriter()
            writer.double(number)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    private static func condition(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts): return object("all", list(parts.map(self.condition)))
        case .any(let parts): return object("any", list(parts.map(self.condition)))
        case .not(let part): return object("not", self.condition(part))
        case .compare(let field, let comparison, let value):
            return object("compare", list([self.field(field), quoted(comparison.symbol), self.value(value)]))
        case .isIn(let field, let values): return object("in", list([self.field(field), list(values.map(value))]))
        case .hasPrefix(let field, let prefix): return object("prefix", list([self.field(field), quoted(prefix)]))
        case .contains(let field, let part): return object("contains", list([self.field(field), quoted(part)]))
        case .glob(let field, let pattern): return object("glob", list([self.field(field), quoted(pattern)]))
        case .exists(let field): return object("exists", self.field(field))
        case .isWord(let field, let words): return object("word", list([self.field(field), list(words.map(quoted))]))
        }
    }

    private static func dimension(_ dimension: Dimension) -> String {
        var line = JSONLine()
        line.field("name", dimension.name)
        for clock in [Dimension.hourOfWeek(), .hourOfDay()] where clock.field == dimension.field {
            line.field("field", json: "null")
            line.field("transform", clock.name)
            return line.text
        }
        line.field("field", json: field(dimension.field))
        switch dimension.transform {
        case .none: line.field("transform", json: "null")
        case .lower: line.field("transform", "lower")
        case .prefix(let count): line.field("transform", json: object("prefix", "\(count)"))
        case .statusClass: line.field("transform", "status_class")
        case .ranges: line.field("transform", "ranges")
        }
        return line.text
    }

    private static func measure(_ measure: Measure) -> String {
        var line = JSONLine()
        line.field("name", measure.name)
        let kind: String =
            switch measure.kind {
            case .count: "count"
            case .sum: "sum"
            case .min: "min"
            case .max: "max"
            case .last: "last"
            case .distinct: "distinct"
            case .topK: "top"
            case .product: "product"
            case .combinations: "combinations"
            case .quantiles: "quantiles"
            }
        line.field("kind", kind)
        line.field("field", json: measure.kind.field.map(field) ?? "null")
        if measure.kind.fields.count > 1 { line.field("fields", json: list(measure.kind.fields.map(field))) }
        line.field("when", json: measure.condition.map(condition) ?? "null")
        if case .quantiles(_, let columns) = measure.kind { line.field("columns", json: list(columns.map(statistic))) }
        return line.text
    }

    private static func statistic(_ column: StatisticColumn) -> String {
        var line = JSONLine()
        line.field("name", column.name)
        switch column.statistic {
        case .count: line.field("statistic", "count")
        case .min: line.field("statistic", "min")
        case .max: line.field("statistic", "max")
        case .quantile(let millionths):
            line.field("statistic", "quantile")
            line.field("millionths", millionths)
        case .interpolated(let millionths):
            line.field("statistic", "interpolated")
            line.field("millionths", millionths)
        }
        return line.text
    }

    private static func derived(_ column: DerivedColumn) -> String {
        var line = JSONLine()
        line.field("name", column.name)
        switch column.formula {
        case .ratio(let parts, let whole):
            line.field("ratio", json: list([list(parts.map(quoted)), list(whole.map(quoted))]))
        case .mean(let sum): line.field("mean", sum)
        case .ratePerSecond(let column): line.field("per_second", column)
        }
        return line.text
    }

    private static func metric(_ metric: MetricDescription) -> String {
        var line = JSONLine()
        line.field("column", metric.column)
        line.field("unit", metric.unit?.rawValue)
        line.field("formula", metric.formula)
        line.field("healthy", metric.bounds.healthy.map { "\($0)" })
        line.field("alert", metric.bounds.alert.map { "\($0)" })
        return line.text
    }

    private static func rule(_ rule: EntityRule) -> String {
        var line = JSONLine()
        line.field("effect", "\(rule.effect)")
        line.field("signals", json: signals(rule.signals))
        line.field("when", json: rule.condition.map(condition) ?? "null")
        switch rule.status {
        case .named(let name): line.field("status", json: object("named", quoted(name)))
        case .field(let field, let other): line.field("status", json: object("field", list([self.field(field), quoted(other)])))
        case .value(let field, let other): line.field("status", json: object("value", list([self.field(field), quoted(other)])))
        case .kept: line.field("status", json: object("kept", "true"))
        }
        return line.text
    }
}
