internal import VarveEvents

/// A column whose values are printed in row order: the values in arrays of their own type, and for each group the index of the
/// next one.
final class PrintedColumn {
    let key: ColumnKey
    /// `"name":` in JSON.
    private let lead: [UInt8]
    private let presence: Bitmap?
    private var next: [Int]

    private enum Kind { case int64, double, decimal, bool, string, json }
    private let kind: Kind
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var mantissas: [Int32] = []
    private var scale = 0
    private var bits = Bitmap(count: 0)
    private var codes = Codes.constant(count: 0)
    private var table = StringTable()

    init(_ column: Column) {
        key = column.key
        var writer = JSONWriter()
        writer.string(column.key.name)
        lead = writer.bytes + [UInt8(ascii: ":")]
        if case .positions(let bits) = column.presence { presence = bits } else { presence = nil }
        next = Array(column.valueStarts.dropLast())
        switch column.values {
        case .int64(let values): (kind, integers) = (.int64, values)
        case .double(let values): (kind, doubles) = (.double, values)
        case .decimal(let values, let power): (kind, mantissas, scale) = (.decimal, values, power)
        case .bool(let values): (kind, bits) = (.bool, values)
        case .strings(let values, let entries):
            (kind, codes, table) = (column.key.type == .json ? .json : .string, values, entries)
        }
    }

    /// The index of the value of the next row of `group`, at `position`; nil if it has none.
    @inline(__always)
    func take(_ group: Int, _ position: Int) -> Int? {
        if let presence, !presence[position] { return nil }
        let index = next[group]
        next[group] = index + 1
        return index
    }

    /// Prints `"name":value`.
    func print(_ index: Int, to text: TextBuffer) {
        text.put(lead)
        switch kind {
        case .int64: text.put(integers[index])
        case .double: text.put(doubles[index])
        case .decimal: text.put(decimal: mantissas[index], scale: scale)
        case .bool: text.put(bits[index] ? "true" : "false")
        case .string: withText(index) { text.put(quoted: $0) }
        case .json: withText(index) { text.put($0) }
        }
    }

    /// Calls `body` with the text at `index`, of a column of strings.
    @inline(__always)
    func withText(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let code = codes[index]
        let range = Int(table.bounds[code])..<Int(table.bounds[code + 1])
        table.bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
