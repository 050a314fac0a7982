// How the SQL views of a store are called:
//
//     <view>_<bucket>              rollback_rate_hour, rollback_rate_day
//     <view>                       of a view that has one bucket, or none: its first table
//     <view>_<table>               every other table of a sequential view: incidents_transitions
//     <view>_v<version>…           of versions that readers do not see
//
// A name that is taken (by a table of the store, or by another view) gets `_2`, `_3` … behind it; SQLite knows no case.

/// One table of rows, and what decides its name.
struct ShownName: Hashable {
    var view: Int64
    var part: Int64
    /// The name and version of the view.
    var name: String
    var version: Int
    var suffix: String?
    var isFrozen: Bool
}

enum ShownNames {
    /// What a store's own tables are called.
    private static let taken: Set<String> = ["store", "checkpoint", "views", "cells", "entries", "poison", "gaps", "shown"]

    /// The names of `tables`, in their order. `promoted` says which version readers see, where somebody has said so.
    static func names(_ tables: [ShownName], promoted: [String: Int]) -> [String] {
        let versions = Dictionary(grouping: tables, by: \.name).mapValues { own in
            promoted[own[0].name].flatMap { version in own.contains { $0.version == version } ? version : nil }
                ?? own.filter { !$0.isFrozen }.map(\.version).min() ?? own.map(\.version).min()
        }
        func isSeen(_ table: ShownName) -> Bool { versions[table.name] == table.version }
        var (names, taken) = ([Int: String](), Self.taken)
        for seen in [true, false] {
            for (index, table) in tables.enumerated() where isSeen(table) == seen {
                let base = seen ? table.name : "\(table.name)_v\(table.version)"
                names[index] = free(base + (table.suffix.map { "_" + $0 } ?? ""), &taken)
            }
        }
        return tables.indices.map { names[$0] ?? "" }
    }

    /// `name`, or what comes next to it, and takes it.
    static func free(_ name: String, _ taken: inout Set<String>) -> String {
        var plain = String(name.unicodeScalars.map { $0 == "\0" ? "_" : Character($0) })
        let lower = plain.lowercased()
        if lower.hasPrefix("sqlite_") || lower.hasPrefix("rows_") { plain = "view_" + plain }
        var (found, number) = (plain, 2)
        while !taken.insert(found.lowercased()).inserted {
            found = "\(plain)_\(number)"
            number += 1
        }
        return found
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
