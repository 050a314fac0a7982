internal import VarvePromQL

/// Which rows have the same labels. A column at a time, two codes become one, by a table where that is small.
struct LabelCombinations {
    private struct Part {
        var name: String
        var coded: GroupColumns.Coded
        var change: (String) -> String
    }

    private var parts: [Part] = []
    /// Per row the number of its combination so far.
    private var places: [Int32]
    private var count = 1
    /// Per combination a row that has it.
    private var examples: [Int] = [0]

    init(_ rows: Int) { places = [Int32](repeating: 0, count: rows) }

    var hasName: Bool { parts.contains { $0.name == Label.metricName } }

    private static let tableMax = 1 << 20

    mutating func combine(_ coded: GroupColumns.Coded, _ name: String, _ change: @escaping (String) -> String) {
        parts.append(Part(name: name, coded: coded, change: change))
        let width = coded.count + 1
        var made: [Int] = []
        if count * width <= Self.tableMax {
            var table = [Int32](repeating: -1, count: count * width)
            for row in places.indices {
                let slot = Int(places[row]) * width + Int(coded.codes[row])
                if table[slot] < 0 {
                    table[slot] = Int32(truncatingIfNeeded: made.count)
                    made.append(row)
                }
                places[row] = table[slot]
            }
        } else {
            var table: [Int: Int32] = [:]
            for row in places.indices {
                let slot = Int(places[row]) * width + Int(coded.codes[row])
                if let known = table[slot] {
                    places[row] = known
                } else {
                    let number = Int32(truncatingIfNeeded: made.count)
                    table[slot] = number
                    made.append(row)
                    places[row] = number
                }
            }
        }
        examples = made
        count = made.count
    }

    /// Per row the number of its series; -1 for a row without a metric's name.
    func numbers(_ table: inout SeriesTable) -> [Int32] {
        var known = parts.map { [Int32](repeating: -1, count: $0.coded.count + 1) }
        let numbers = examples.map { row -> Int32 in
            var key: [Int32] = []
            var isNamed = false
            for (index, part) in parts.enumerated() {
                let code = Int(part.coded.codes[row])
                guard code > 0 else { continue }
                if known[index][code] < 0 {
                    let value = part.change(part.coded.text(code - 1))
                    known[index][code] = value.isEmpty ? .max : table.symbol(part.name, value)
                }
                if known[index][code] == .max { continue }
                if part.name == Label.metricName { isNamed = true }
                key.append(known[index][code])
            }
            guard isNamed else { return -1 }
            key.sort()
            return table.series(key)
        }
        return places.map { numbers[Int($0)] }
    }

    /// The series of a row with another ending of its name; nil when it has none.
    func number(_ row: Int, suffix: String, le: String?, _ table: inout SeriesTable) -> Int32? {
        var key: [Int32] = []
        var isNamed = false
        for part in parts {
            let code = Int(part.coded.codes[row])
            guard code > 0 else { continue }
            let value = part.change(part.coded.text(code - 1))
            if value.isEmpty { continue }
            let isName = part.name == Label.metricName
            if isName { isNamed = true }
            key.append(table.symbol(part.name, isName ? value + suffix : value))
        }
        if let le { key.append(table.symbol("le", le)) }
        key.sort()
        return isNamed ? table.series(key) : nil
    }
}
