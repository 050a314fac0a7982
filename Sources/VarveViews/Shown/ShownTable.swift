// Plain SQL tables with the rows of a view, for tools that can read SQLite:
//
//     rows_<view>_<part>     the table: epoch and key, or key and number, then the columns c0, c1 …
//     rollback_rate_hour     the SQL view over it, with names and column order as in `varve view show --json`
//
// SQL cannot compute percentiles and distinct counts from a state, so the values are stored. A commit writes the rows of the
// cells that it changes.

internal import GRDB
internal import VarveEvents
internal import VarveProjections

/// One table of rows of one view.
struct ShownTable: Hashable, Sendable {
    struct Column: Hashable, Sendable {
        var name: String
        /// The declared SQLite type; empty for a column with values of several types.
        var type: String
    }

    /// The bucket level; for a sequential projection, 16 plus the number of its table.
    let part: Int
    /// The suffix of the SQL view's name after the view's name.
    let suffix: String?
    /// The bucket level of the rows of a mergeable view.
    let level: BucketLevel?
    /// The columns after time and epoch.
    let columns: [Column]

    /// The most columns shown, within SQLite's limit.
    private static let columnsMax = 1_900

    var hasTime: Bool { level != nil && level != .all }

    /// The tables of a view: one per permanent bucket level.
    static func all(_ view: ViewDefinition) -> [ShownTable] {
        let columns =
            view.dimensions.map { Column(name: $0.name, type: $0.holdsText ? "TEXT" : "") }
            + view.measures.flatMap(Self.columns) + view.derived.map { Column(name: $0.name, type: "REAL") }
        return view.permanentLevels.map { level in
            ShownTable(
                part: Int(level.rawValue), suffix: level == .all ? nil : level.name, level: level,
                columns: distinct(columns, besides: level == .all ? [] : ["time", "epoch"]))
        }
    }

    /// The tables of a sequential projection; the first has the view's own name.
    static func all(_ projection: any SequentialProjection) -> [ShownTable] {
        projection.tables.enumerated().map { number, table in
            ShownTable(
                part: 16 + number, suffix: number == 0 ? nil : table.name, level: nil,
                columns: distinct(table.columns.map { Column(name: $0, type: "") }, besides: []))
        }
    }

    private static func columns(_ measure: Measure) -> [Column] {
        switch measure.kind {
        case .count, .distinct, .combinations: return [Column(name: measure.name, type: "INTEGER")]
        case .sum, .product, .min, .max: return [Column(name: measure.name, type: "NUMERIC")]
        case .last: return [Column(name: measure.name, type: "")]
        case .topK: return [Column(name: measure.name, type: "TEXT")]
        case .quantiles(_, let statistics):
            return statistics.map { Column(name: $0.name, type: $0.statistic == .count ? "INTEGER" : "REAL") }
        }
    }

    /// Makes names distinct ignoring case, as SQLite requires: after `User`, `user` becomes `user_2`.
    private static func distinct(_ columns: [Column], besides taken: Set<String>) -> [Column] {
        var taken = taken
        return columns.prefix(columnsMax).map { column in
            Column(name: ShownNames.free(column.name, &taken), type: column.type)
        }
    }

    func name(of view: Int64) -> String { "rows_\(view)_\(part)" }

    /// The SQL that creates the table.
    func create(_ view: Int64) -> String {
        let head =
            level == nil
            ? "key BLOB NOT NULL, number INTEGER NOT NULL" : "epoch INTEGER NOT NULL, key BLOB NOT NULL, time TEXT"
        let own = columns.indices.map { ", c\($0) \(columns[$0].type)" }.joined()
        let key = level == nil ? "key, number" : "epoch, key"
        return "CREATE TABLE \(name(of: view)) (\(head)\(own), PRIMARY KEY (\(key))) WITHOUT ROWID"
    }

    /// The SELECT statement of the SQL view.
    func select(_ view: Int64) -> String {
        let own = columns.indices.map { "c\($0) AS \(ShownNames.quoted(columns[$0].name))" }
        let all = (hasTime ? ["time", "epoch"] : []) + own
        return "SELECT \(all.isEmpty ? "NULL AS nothing" : all.joined(separator: ", ")) FROM \(name(of: view))"
    }

    func insert(_ view: Int64) -> String {
        let marks = databaseQuestionMarks(count: columns.count + (level == nil ? 2 : 3))
        return "INSERT OR REPLACE INTO \(name(of: view)) VALUES (\(marks))"
    }

    /// The start of a bucket in seconds since 1970; 0 for the level `all`.
    func epoch(_ bucket: Int64, _ zone: BucketZone) -> Int64 {
        guard let level, let length = level.nanoseconds else { return 0 }
        guard let start = zone.start(of: bucket, level)?.nanoseconds else { return bucket &* (length / 1_000_000_000) }
        let (seconds, rest) = start.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}

extension Dimension {
    /// Whether all values are text or absent.
    fileprivate var holdsText: Bool {
        switch transform {
        case .statusClass, .ranges: true
        case .none, .lower, .prefix: field.place != .attribute
        }
    }
}

extension ViewValue {
    /// The value in SQLite: integers exactly where they fit, times as RFC 3339 text, lists as JSON.
    var sql: DatabaseValue {
        switch self {
        case .null: DatabaseValue.null
        case .bool(let flag): (flag ? 1 : 0).databaseValue
        case .int(let number): number.databaseValue
        case .double(let number): number.databaseValue
        case .decimal(let micros): Self.sql(micros: micros)
        case .string(let text): text.databaseValue
        case .time: (text ?? "").databaseValue
        case .top(let entries):
            ("[" + entries.map { "[\($0.value.shownJSON),\($0.count)]" }.joined(separator: ",") + "]").databaseValue
        }
    }

    private static func sql(micros: Int128) -> DatabaseValue {
        let (whole, rest) = micros.quotientAndRemainder(dividingBy: 1_000_000)
        if rest == 0, let exact = Int64(exactly: whole) { return exact.databaseValue }
        // Convert via text to get the nearest number; dividing a large number would round twice.
        return Double(ViewValue.decimalText(micros)).map(\.databaseValue) ?? DatabaseValue.null
    }

    /// A counted value as JSON.
    private var shownJSON: String {
        guard case .string(let text) = self else {
            return text.map { if case .time = self { "\"\($0)\"" } else { $0 } } ?? "null"
        }
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case _ where scalar.value < 0x20:
                json += "\\u" + scalar.value.zeroPadded(4, radix: 16)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
