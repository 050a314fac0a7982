import Foundation
import GRDB
import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let sessions = SessionDefinition("sessions")

private func options(_ events: UInt64) -> ProjectorOptions {
    var options = ProjectorOptions()
    options.eventsPerCommit = events
    options.commitNanoseconds = 0
    return options
}

extension TestLog {
    /// The rows of an SQL view, as any tool reads them.
    func select(_ sql: String, projector: String = "main") throws -> [[DatabaseValue]] {
        let queue = try DatabaseQueue(
            path: path + "/views/\(projector).sqlite", configuration: StoreSchema.configuration(readonly: true))
        return try queue.read { db in try Row.fetchAll(db, sql: sql).map { row in Array(row.databaseValues) } }
    }

    func columns(of name: String) throws -> [String]? {
        let queue = try DatabaseQueue(
            path: path + "/views/main.sqlite", configuration: StoreSchema.configuration(readonly: true))
        return try queue.read { db in try Row.fetchOne(db, sql: "SELECT * FROM \(name)").map { Array($0.columnNames) } }
    }

    func sqlViews() throws -> [String] {
        try select("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
            .compactMap { String.fromDatabaseValue($0[0]) }
    }
}

/// The SQL views beside the states.
struct ShownRowTests {
    /// What `view show --json` gives, as SQLite would hold it.
    private func expected(_ rows: [ViewRow], hasTime: Bool) -> [[DatabaseValue]] {
        rows.map { row in
            let seconds = row.time.map { ($0.nanoseconds / 1_000_000_000).databaseValue } ?? DatabaseValue.null
            let time = row.time.map { ViewValue.time($0).sql } ?? DatabaseValue.null
            return (hasTime ? [time, seconds] : []) + row.values.map(\.value.sql)
        }
    }

    /// SQLite turns 5.0 into 5 where a column is numeric.
    private func plain(_ rows: [[DatabaseValue]]) -> [[String]] {
        rows.map { row in
            row.map { value in
                switch value.storage {
                case .double(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
                case .int64(let number): "\(number)"
                case .string(let text): "'\(text)'"
                case .null: "NULL"
                case .blob(let bytes): "\(bytes.count) bytes"
                }
            }
        }
    }

    @Test(arguments: [UInt64(1), 2])
    func `in any steps and over any restarts an SQL view has the rows of view show, by the hour and by the day`(
        seed: UInt64
    ) async throws {
        let log = TestLog(seed: seed * 900)
        var random = SeededRandom(seed: seed)
        let all = testViews.map { AnyView.mergeable($0) } + [.sequential(sessions)]
        for _ in 0..<4 {
            try await log.append(Int.random(in: 1...400, using: &random))
            let step = UInt64.random(in: 50...500, using: &random)
            _ = try Projector.open(at: log.path, all: all, options: options(step)).runHere()
            let store = try ViewStore.open(at: log.path)
            // `crowded` shows two keys and the rest as one; its table shows all that is kept.
            for view in testViews where view.name != "crowded" {
                for level in view.permanentLevels {
                    let rows = try store.read { reader throws(ViewError) in try reader.rows(of: view, ViewQuery(bucket: level)) }
                    let name = level == .all ? view.name : "\(view.name)_\(level.name)"
                    let found = plain(try log.select("SELECT * FROM \(name)"))
                    let isRight = found == plain(expected(rows, hasTime: level != .all))
                    #expect(isRight, "\(name): \(found.count) rows for \(rows.count)")
                }
            }
            let rows = try store.read { reader throws(ViewError) in try reader.rows(of: sessions) }
            let isRight = plain(try log.select("SELECT * FROM sessions")) == plain(expected(rows, hasTime: false))
            #expect(isRight && !rows.isEmpty)
        }
        let events = try log.select("SELECT sum(events) FROM volume_hour, (SELECT 1)")[0][0]
        #expect(Int64.fromDatabaseValue(events) == Int64(log.events.count))
        let crowded = try log.select("SELECT sum(events) FROM crowded_day")[0][0]
        #expect(Int64.fromDatabaseValue(crowded) == Int64(log.events.count))
    }

    /// How long something has been open changes with every event, also of another kind.
    @Test func `rows that change as time goes on are those of view show after every commit`() async throws {
        let open = EntityDefinition(
            "open", key: ["session"], rules: [.opens("http.request"), .closes("retry.success")])
        let log = TestLog(seed: 910)
        for count in [50, 1, 200, 1] {
            try await log.append(count)
            _ = try Projector.open(at: log.path, all: [.sequential(open)], options: options(40)).runHere()
            let store = try ViewStore.open(at: log.path)
            for (table, name) in [("entities", "open"), ("times", "open_times"), ("transitions", "open_transitions")] {
                let rows = try store.read { reader throws(ViewError) in
                    try reader.rows(of: open, SequentialQuery(table: table))
                }
                let isRight = plain(try log.select("SELECT * FROM \(name)")) == plain(expected(rows, hasTime: false))
                #expect(isRight, "\(name) after \(count)")
            }
        }
    }

    @Test func `a view whose version readers do not see has its own SQL view, and promoting it swaps the names`() async throws {
        let log = TestLog(seed: 911)
        try await log.append(200)
        var second = ViewDefinition.volume
        second.version = 2
        second.dimensions = []
        func run() throws { _ = try Projector.open(at: log.path, views: [.volume, second]).runHere() }
        try run()
        #expect(try log.sqlViews() == ["volume_day", "volume_hour", "volume_v2_day", "volume_v2_hour"])
        #expect(try log.select("SELECT * FROM volume_day")[0].count == 4)
        try CurrentVersions(at: log.path).promote("volume", to: 2)
        try run()
        #expect(try log.sqlViews() == ["volume_day", "volume_hour", "volume_v1_day", "volume_v1_hour"])
        #expect(try log.select("SELECT * FROM volume_day")[0].count == 3)
        // What is no longer kept goes, with its tables.
        try CurrentVersions(at: log.path).promote("volume", to: 1)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        #expect(try log.sqlViews() == ["volume_day", "volume_hour"])
        #expect(try log.select("SELECT name FROM sqlite_master WHERE name LIKE 'rows_%'").count == 2)
    }

    @Test func `names that are taken or that SQLite keeps to itself get another`() {
        func names(_ views: [(String, Int, String?)], _ promoted: [String: Int] = [:]) -> [String] {
            ShownNames.names(
                views.enumerated().map { number, view in
                    ShownName(
                        view: Int64(number), part: 0, name: view.0, version: view.1, suffix: view.2, isFrozen: false)
                }, promoted: promoted)
        }
        #expect(names([("cells", 1, nil), ("store", 1, "hour")]) == ["cells_2", "store_hour"])
        #expect(names([("a_hour", 1, nil), ("a", 1, "hour"), ("A", 1, "Hour")]) == ["a_hour", "a_hour_2", "A_Hour_3"])
        #expect(names([("sqlite_x", 1, "day")]) == ["view_sqlite_x_day"])
        #expect(names([("a", 1, "day"), ("a", 3, "day")], ["a": 3]) == ["a_v1_day", "a_day"])
        #expect(ShownNames.quoted("my \"view\"") == "\"my \"\"view\"\"\"")
    }

    @Test func `columns that SQLite would take for one are told apart, and any name is quoted`() async throws {
        let view = ViewDefinition("odd-name.x") {
            Dimension("component", name: "Select")
            Dimension("session", name: "select")
            Measure.count("a \"b\"")
            Measure.count("Epoch")
        }
        let log = TestLog(seed: 912)
        try await log.append(50)
        _ = try Projector.open(at: log.path, views: [view]).runHere()
        #expect(try log.columns(of: "\"odd-name.x_day\"") == ["time", "epoch", "Select", "select_2", "a \"b\"", "Epoch_2"])
    }

    @Test func `values are what JSON shows: whole numbers whole, sums to the last digit, lists as JSON`() {
        #expect(ViewValue.decimal(micros: 9_007_199_254_740_993_000_000).sql == Int64(9_007_199_254_740_993).databaseValue)
        #expect(ViewValue.decimal(micros: 1_500_000).sql == 1.5.databaseValue)
        #expect(ViewValue.decimal(micros: -1).sql == (-0.000001).databaseValue)
        #expect(ViewValue.bool(true).sql == 1.databaseValue)
        let top = ViewValue.top([TopEntry(value: .string("a\"\n"), count: 2), TopEntry(value: .int(3), count: 1)])
        #expect(top.sql == "[[\"a\\\"\\u000a\",2],[3,1]]".databaseValue)
    }
}

/// Stores of earlier schemas.
struct OldStoreTests {
    private static let fixture =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/view-store-2"

    /// Written before there were rows: 300 events folded, 100 more in the log. Its view has a sum, whose fold has changed since;
    /// with the identity of today's cells it stands for a view whose fold has not.
    @Test(arguments: [false, true])
    func `a store of schema 2 is read as it is, and taken over, without folding its events again if it can be`(
        isCurrent: Bool
    ) throws {
        let log = TestLog()
        try copyTree(Self.fixture + "/data", to: log.path)
        let text = try RealDisk().openFile(Self.fixture + "/golden_store.yaml").readAll(limit: 1 << 16)
        let view = try ViewDefinition(yaml: String(decoding: text, as: UTF8.self), file: "golden_store.yaml")
        let query = ViewQuery(bucket: .day, by: [])
        func rows() throws -> [ViewRow] {
            try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.rows(of: view, query) }
        }
        func events(_ rows: [ViewRow]) -> Int64 { rows.reduce(0) { $0 + Int64($1["events"]?.number ?? 0) } }
        if isCurrent {
            let queue = try DatabaseQueue(path: log.path + "/views/main.sqlite")
            try queue.write {
                try $0.execute(sql: "UPDATE views SET fingerprint = ?", arguments: [Data(view.cellFingerprint.bytes)])
            }
            try queue.close()
        }
        #expect(events(try rows()) == 300)
        #expect(try ViewAnswers.open(at: log.path).answer(ViewRequest(.mergeable(view), bucket: .all, by: [])).keptBy == "main")
        let progress = try Projector.open(at: log.path, views: [view]).runHere()
        #expect(progress.rebuilt == (isCurrent ? [] : ["golden_store"]) && progress.notes.isEmpty)
        #expect(progress.events == (isCurrent ? 100 : 400))
        #expect(events(try rows()) == 400)
        let fresh = try Projector.open(at: log.path, name: "fresh", views: [view]).runHere()
        #expect(fresh.rebuilt == ["golden_store"])
        for level in ["hour", "day"] {
            let sql = "SELECT * FROM golden_store_\(level)"
            let (found, expected) = (try log.select(sql), try log.select(sql, projector: "fresh"))
            #expect(!found.isEmpty && found == expected)
        }
    }
}
