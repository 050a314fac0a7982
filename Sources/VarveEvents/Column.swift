// Columns of a batch, in *group order*: the rows of a batch are sorted by signal, stably, and a column holds the values of the
// first signal's rows, then the second's, and so on. Most columns belong to a few signals only, so in this order a column is
// either wholly there or wholly absent for a signal, filters on the signal are ranges, and values of one kind lie together.
//
//     row          0      1     2      3     4           groups     start: positions 0..<2   success: 2..<5
//     signal       start  succ  start  succ  succ        position   0  1 | 2  3  4
//     component    A      A     B      C     A           component  A  B | A  C  A
//     duration_ms  –      12.5  –      80.1  7.3         duration        | 12.5 80.1 7.3      valueStarts 0, 0, 3

/// Which part of an event a column is.
public enum ColumnScope: UInt8, Sendable {
    case envelope = 1
    case attribute = 2
}

/// What a column is found by. `1` and then `1.5` under one name are two columns; an attribute may be called like an envelope
/// field without being it.
public struct ColumnKey: Hashable, Comparable, Sendable {
    public var scope: ColumnScope
    public var name: String
    public var type: ValueType

    public init(_ scope: ColumnScope, _ name: String, _ type: ValueType) {
        self.scope = scope
        self.name = name
        self.type = type
    }

    public static let id = ColumnKey(.envelope, "id", .string)
    public static let tenant = ColumnKey(.envelope, "tenant", .string)
    public static let component = ColumnKey(.envelope, "component", .string)
    public static let session = ColumnKey(.envelope, "session", .string)
    public static let user = ColumnKey(.envelope, "user", .string)

    /// The envelope's columns, in the order in which every batch holds them. `signal`, `time` and `observed` are not
    /// columns but parts of the batch.
    public static let envelope = [id, tenant, component, session, user]

    /// Envelope first, in its own order; attributes by the bytes of their name, then type.
    public static func < (left: ColumnKey, right: ColumnKey) -> Bool {
        guard left.scope == right.scope else { return left.scope.rawValue < right.scope.rawValue }
        if left.scope == .envelope {
            return (envelope.firstIndex(of: left) ?? .max) < (envelope.firstIndex(of: right) ?? .max)
        }
        guard left.name == right.name else { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        return left.type.rawValue < right.type.rawValue
    }
}

/// One column of a batch: the values of the rows that have one, in group order.
public struct Column: Sendable {
    public let key: ColumnKey
    public let presence: Presence
    /// Per group, where its values start; one more entry than groups, the last is the number of values.
    public let valueStarts: [Int]
    public let values: ColumnValues

    public init(key: ColumnKey, presence: Presence, valueStarts: [Int], values: ColumnValues) {
        precondition(valueStarts.last == values.count, "\(values.count) values, groups end at \(valueStarts.last ?? -1)")
        self.key = key
        self.presence = presence
        self.valueStarts = valueStarts
        self.values = values
    }

    /// The indexes of the values of group `group`.
    public func valueRange(ofGroup group: Int) -> Range<Int> {
        valueStarts[group]..<valueStarts[group + 1]
    }

    /// Per value, the position (in group order) of its row. O(rows).
    public func positionsPresent(rowCount: Int, groups: [SignalGroup]) -> [UInt32] {
        var positions: [UInt32] = []
        positions.reserveCapacity(values.count)
        switch presence {
        case .all: positions += (0..<rowCount).lazy.map { UInt32(truncatingIfNeeded: $0) }
        case .groups(let bits):
            for (index, group) in groups.enumerated() where bits[index] {
                positions += group.positions.lazy.map { UInt32(truncatingIfNeeded: $0) }
            }
        case .positions(let bits):
            for position in 0..<rowCount where bits[position] { positions.append(UInt32(truncatingIfNeeded: position)) }
        }
        return positions
    }
}

/// Which rows have a value.
public enum Presence: Hashable, Sendable {
    /// Every row.
    case all
    /// Every row of the groups whose bit is set, no other.
    case groups(Bitmap)
    /// The rows whose position (in group order) has its bit set.
    case positions(Bitmap)
}

/// The values of a column, in the form in which work is done on them.
public enum ColumnValues: Sendable {
    case int64([Int64])
    case double([Double])
    /// Doubles that are short decimals: value i is the double nearest to `mantissas[i]` / 10^`scale`, and that is exact. Scale
    /// is 0 ... 9.
    case decimal(mantissas: [Int32], scale: Int)
    case bool(Bitmap)
    /// Strings, and JSON text, as numbers into a table in which each string occurs once.
    case strings(Codes, StringTable)

    public var count: Int {
        switch self {
        case .int64(let values): values.count
        case .double(let values): values.count
        case .decimal(let mantissas, _): mantissas.count
        case .bool(let bits): bits.count
        case .strings(let codes, _): codes.count
        }
    }
}

/// Small numbers, in the narrowest form that holds them.
public enum Codes: Sendable {
    /// `count` times zero.
    case constant(count: Int)
    case u8([UInt8])
    case u16([UInt16])
    case u32([UInt32])
    /// 0, 1, 2 … `count - 1`: every value is distinct.
    case identity(count: Int)

    public var count: Int {
        switch self {
        case .constant(let count), .identity(let count): count
        case .u8(let codes): codes.count
        case .u16(let codes): codes.count
        case .u32(let codes): codes.count
        }
    }

    /// The code at `index`. For single look-ups; loops switch once and run over the array.
    public subscript(index: Int) -> Int {
        switch self {
        case .constant: 0
        case .identity: index
        case .u8(let codes): Int(codes[index])
        case .u16(let codes): Int(codes[index])
        case .u32(let codes): Int(codes[index])
        }
    }

    /// Per value, whether `entries` has its code; one entry per code. O(count).
    public func map(_ entries: [Bool]) -> [Bool] {
        switch self {
        case .constant(let count): [Bool](repeating: entries.first ?? false, count: count)
        case .identity: entries
        case .u8(let codes): codes.map { entries[Int($0)] }
        case .u16(let codes): codes.map { entries[Int($0)] }
        case .u32(let codes): codes.map { entries[Int($0)] }
        }
    }
}

/// 10⁰ … 10⁹, the divisors of `ColumnValues.decimal`.
public let decimalPowers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
