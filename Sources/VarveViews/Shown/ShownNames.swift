// The names of the SQL views in a store:
//
//     <view>_<bucket>              rollback_rate_hour, rollback_rate_day
//     <view>                       a view with one bucket level or none; the first table of a sequential view
//     <view>_<table>               further tables of a sequential view: incidents_transitions
//     <view>_v<version>…           versions that are not current
//
// A name that is already used (by a table of the store or another view) gets the suffix `_2`, `_3` …; SQLite ignores case.

/// A table of rows, and what determines its name.
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
    /// The names of the store's own tables.
    private static let taken: Set<String> = ["store", "checkpoint", "views", "cells", "entries", "poison", "gaps", "shown"]

    /// The names of `tables`, in order. `promoted` gives the current version of views that were promoted.
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

    /// Reserves `name`, or the first unused variant of it, and returns it.
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
