internal import Foundation
internal import GRDB
internal import VarveEvents
internal import VarveProjections

/// Tables of plain rows, written in the same transactions as the states.
extension StoreWriter {
    /// The ids of the views that have such tables.
    func shown() throws(ViewError) -> Set<Int64> {
        try typed(at: path) {
            try queue.read { db in try Set(Row.fetchAll(db, sql: "SELECT DISTINCT view FROM shown").map { try $0.integer(0) }) }
        }
    }

    /// Creates the empty tables of a view. `nameShown` creates their SQL views.
    func makeTables(_ tables: [ShownTable], view: Int64, _ db: Database) throws {
        for table in tables {
            try db.execute(sql: table.create(view))
            try db.execute(
                sql: "INSERT INTO shown VALUES (?, ?, ?, ?, NULL)",
                arguments: [view, table.part, table.suffix, table.select(view)])
        }
        try onStep?(.tablesMade)
    }

    func dropTables(view: Int64, _ db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT part, name FROM shown WHERE view = ?", arguments: [view])
        for row in rows {
            let part = try row.integer(0)
            if let name = try row.optionalText(1) { try db.execute(sql: "DROP VIEW IF EXISTS \(ShownNames.quoted(name))") }
            try db.execute(sql: "DROP TABLE IF EXISTS rows_\(view)_\(part)")
        }
        try db.execute(sql: "DELETE FROM shown WHERE view = ?", arguments: [view])
    }

    /// Writes the rows of cells: the changed ones, or all of a new table.
    func put(_ cells: [ShownCell], _ table: ShownTable, _ definition: ViewDefinition, view: Int64, _ db: Database) throws {
        let insert = try db.cachedStatement(sql: table.insert(view))
        let delete = try db.cachedStatement(sql: "DELETE FROM \(table.name(of: view)) WHERE epoch = ? AND key = ?")
        var (bucket, epoch): (Int64?, Int64) = (nil, 0)
        for cell in cells {
            if cell.bucket != bucket { (bucket, epoch) = (cell.bucket, table.epoch(cell.bucket, definition.zone)) }
            guard let row = cell.row else {
                try delete.execute(arguments: [epoch, Data(cell.key)])
                continue
            }
            var values = [
                epoch.databaseValue, Data(cell.key).databaseValue,
                row.time.map { definition.zone.text($0).databaseValue } ?? DatabaseValue.null,
            ]
            // Values are in the order of the columns: dimensions, measures, derived columns.
            for value in row.values.prefix(table.columns.count) { values.append(value.value.sql) }
            while values.count < table.columns.count + 3 { values.append(DatabaseValue.null) }
            try insert.execute(arguments: StatementArguments(values))
        }
        try onStep?(.rowsWritten)
    }

    /// Writes the rows of entries of a sequential projection.
    func put(_ entries: [ShownEntry], _ tables: [ShownTable], view: Int64, _ db: Database) throws {
        for (index, table) in tables.enumerated() {
            let insert = try db.cachedStatement(sql: table.insert(view))
            let delete = try db.cachedStatement(sql: "DELETE FROM \(table.name(of: view)) WHERE key = ?")
            for entry in entries {
                try delete.execute(arguments: [Data(entry.key)])
                for (number, row) in entry.rows[index].enumerated() {
                    var values = [Data(entry.key).databaseValue, number.databaseValue]
                    values += row.prefix(table.columns.count).map(\.sql)
                    while values.count < table.columns.count + 2 { values.append(DatabaseValue.null) }
                    try insert.execute(arguments: StatementArguments(values))
                }
            }
        }
        try onStep?(.rowsWritten)
    }

    /// Creates the SQL view of every table of rows under its current name. Does nothing if no name changes.
    func nameShown(_ promoted: [String: Int], _ db: Database) throws {
        let sql = """
            SELECT shown.view, shown.part, views.name, views.version, shown.suffix, views.frozen_at IS NOT NULL,
                shown.name, shown.definition
            FROM shown JOIN views ON views.id = shown.view ORDER BY views.name, views.version, shown.part
            """
        let rows = try Row.fetchAll(db, sql: sql)
        let tables = try rows.map { row in
            ShownName(
                view: try row.integer(0), part: try row.integer(1), name: try row.text(2),
                version: Int(clamping: try row.integer(3)), suffix: try row.optionalText(4), isFrozen: try row.bool(5))
        }
        let names = ShownNames.names(tables, promoted: promoted)
        let before = try rows.map { try $0.optionalText(6) }
        guard before != names.map(Optional.some) else { return }
        for name in before.compactMap({ $0 }) { try db.execute(sql: "DROP VIEW IF EXISTS \(ShownNames.quoted(name))") }
        for (index, table) in tables.enumerated() {
            try db.execute(sql: "CREATE VIEW \(ShownNames.quoted(names[index])) AS \(try rows[index].text(7))")
            try db.execute(
                sql: "UPDATE shown SET name = ? WHERE view = ? AND part = ?", arguments: [names[index], table.view, table.part])
        }
        try onStep?(.tablesNamed)
    }

    /// Creates and fills the tables of a stored view that has none because an earlier program wrote the store.
    func show(_ view: AnyView, id: Int64, _ db: Database) throws {
        switch view {
        case .mergeable(let definition):
            let cursor = try StoreReader.cells(db, view: id, .min ... .max)
            var cells: [CellState] = []
            while let row = try cursor.next() { cells.append(try StoreReader.cell(row)) }
            try show(try ViewState(definition, level: definition.permanentLevel, cells: cells), id: id, db)
        case .sequential(let projection):
            try makeTables(ShownTable.all(projection), view: id, db)
            let state = try StoreReader.sequential(db, projection, view: id)
            try put(state.shownEntries(), ShownTable.all(projection), view: id, db)
        }
    }

    /// Creates and fills the tables of a view with the given state.
    func show(_ state: ViewState, id: Int64, _ db: Database) throws {
        let definition = state.definition
        let tables = ShownTable.all(definition)
        try makeTables(tables, view: id, db)
        for table in tables {
            guard let level = table.level else { continue }
            try put(state.coarsened(to: level).shownCells(), table, definition, view: id, db)
        }
    }
}
