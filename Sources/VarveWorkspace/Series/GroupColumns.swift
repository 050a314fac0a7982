internal import VarveEvents
internal import VarvePromQL

/// The columns of the rows of one signal.
struct GroupColumns {
    /// A column as codes: 0 for a row without a value, else one more than the place of its text.
    struct Coded {
        var codes: [UInt32]
        /// How many texts there are.
        var count: Int
        var text: (Int) -> String
    }

    let count: Int
    /// Those that have a value in the group.
    let columns: [Column]
    private let group: Int
    private let positions: Range<Int>

    init(_ batch: EventBatch, _ group: Int) {
        self.group = group
        positions = batch.groups[group].positions
        count = positions.count
        columns = batch.columns.filter { !$0.valueRange(ofGroup: group).isEmpty }
    }

    /// Calls `body` with each row of the group that has a value, and that value's index.
    @inline(__always)
    private func each(_ column: Column, _ body: (Int, Int) -> Void) {
        var next = column.valueStarts[group]
        switch column.presence {
        case .all, .groups:
            for row in 0..<count {
                body(row, next)
                next += 1
            }
        case .positions(let bits):
            for row in 0..<count where bits[positions.lowerBound + row] {
                body(row, next)
                next += 1
            }
        }
    }

    func codes(_ column: Column) -> Coded {
        var codes = [UInt32](repeating: 0, count: count)
        switch column.values {
        case .strings(let stored, let table):
            switch stored {
            case .constant: each(column) { row, _ in codes[row] = 1 }
            case .identity: each(column) { row, index in codes[row] = UInt32(truncatingIfNeeded: index) + 1 }
            case .u8(let all): each(column) { row, index in codes[row] = UInt32(all[index]) + 1 }
            case .u16(let all): each(column) { row, index in codes[row] = UInt32(all[index]) + 1 }
            case .u32(let all): each(column) { row, index in codes[row] = all[index] + 1 }
            }
            return Coded(codes: codes, count: table.count) { table[$0] }
        default:
            // Numbers and truth values that are labels: rare, and few.
            var texts: [String] = []
            var places: [String: UInt32] = [:]
            each(column) { row, index in
                let text = Self.text(column.values.value(at: index, type: column.key.type))
                if let known = places[text] {
                    codes[row] = known
                } else {
                    texts.append(text)
                    places[text] = UInt32(truncatingIfNeeded: texts.count)
                    codes[row] = UInt32(truncatingIfNeeded: texts.count)
                }
            }
            return Coded(codes: codes, count: texts.count) { texts[$0] }
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .int64(let number): "\(number)"
        case .double(let number): GoText.plain(number)
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text), .json(let text): text
        }
    }

    private func columns(_ name: String) -> [Column] {
        columns.filter { $0.key.scope == .attribute && $0.key.name == name }
    }

    /// Per row the attribute as a number.
    func numbers(_ name: String) -> [Double?] {
        var numbers = [Double?](repeating: nil, count: count)
        for column in columns(name) {
            switch column.values {
            case .int64(let all): each(column) { row, index in numbers[row] = Double(all[index]) }
            case .double(let all): each(column) { row, index in numbers[row] = all[index] }
            case .decimal(let all, let scale):
                let power = decimalPowers[scale]
                each(column) { row, index in numbers[row] = Double(all[index]) / power }
            case .strings(let codes, let table):
                // What no finite number is stands as text: NaN, +Inf, -Inf.
                each(column) { row, index in numbers[row] = GoText.double(table[codes[index]]) }
            case .bool: break
            }
        }
        return numbers
    }

    func texts(_ name: String) -> [String?] {
        var texts = [String?](repeating: nil, count: count)
        for column in columns(name) {
            guard case .strings(let codes, let table) = column.values else { continue }
            each(column) { row, index in texts[row] = table[codes[index]] }
        }
        return texts
    }

    /// Per row its sample: a value, or the staleness marker.
    func samples() -> [Double?] {
        var samples = numbers("value")
        for column in columns("stale") {
            guard case .bool(let bits) = column.values else { continue }
            each(column) { row, index in if bits[index] { samples[row] = StaleMarker.value } }
        }
        return samples
    }
}
