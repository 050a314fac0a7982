public import VarveEvents
internal import VarveHash

/// Applies a privacy profile to batches before they are appended, column by column: each distinct text of a batch is processed
/// once, and unchanged columns cost nothing.
public struct BatchPrivacy: Sendable {
    public let profile: PrivacyProfile
    private let key: [UInt8]
    private let signals: [String: SignalDescription]

    /// `key` is mixed into hashes: without it, anyone who guesses a value can verify the guess.
    public init(_ profile: PrivacyProfile, key: [UInt8] = [], _ signals: [SignalDescription] = Catalog.signals) {
        self.profile = profile
        self.key = key
        self.signals = Dictionary(signals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The batch after the profile is applied.
    public func apply(_ batch: EventBatch) -> EventBatch {
        var result = batch
        result.columns = batch.columns.compactMap { column in
            let actions = batch.groups.map { group in
                column.key == .tenant || column.key == .component ? PrivacyAction.keep : action(column.key, group.signal)
            }
            return actions.allSatisfy { $0 == .keep } ? column : ColumnPrivacy(column, batch, actions, key: key).column
        }
        return result
    }

    private func action(_ key: ColumnKey, _ signal: String) -> PrivacyAction {
        // An id may contain personal data. Hashed ids still detect duplicates.
        if key == .id { return profile.action(.pseudonymous) == .keep ? .keep : .hash }
        if key.scope == .envelope { return profile.action(.pseudonymous) }
        let action = profile.action(signals[signal]?.field(key.name), of: signal)
        switch key.type {
        case .string: return action
        // Part of an object or number is meaningless; a number under an unknown name is kept.
        case .json: return action == .keep ? .keep : .drop
        case .int64, .double, .bool: return action == .keep || signals[signal]?.field(key.name) == nil ? .keep : .drop
        }
    }
}

/// One column of a batch, rewritten.
private struct ColumnPrivacy {
    let column: Column?

    init(_ source: Column, _ batch: EventBatch, _ actions: [PrivacyAction], key: [UInt8]) {
        var starts = [0]
        var kept: [Range<Int>] = []
        for group in batch.groups.indices {
            let range = source.valueRange(ofGroup: group)
            let stays = actions[group] == .drop ? range.lowerBound..<range.lowerBound : range
            kept.append(stays)
            starts.append(starts[group] + stays.count)
        }
        guard starts[batch.groups.count] > 0 else {
            column = nil
            return
        }
        let presence = Self.presence(source, batch, actions)
        column = Column(key: source.key, presence: presence, valueStarts: starts, values: Self.values(source, kept, actions, key))
    }

    private static func presence(_ source: Column, _ batch: EventBatch, _ actions: [PrivacyAction]) -> Presence {
        guard actions.contains(.drop) else { return source.presence }
        switch source.presence {
        case .all:
            var bits = Bitmap(count: batch.groups.count)
            for group in batch.groups.indices where actions[group] != .drop { bits[group] = true }
            return .groups(bits)
        case .groups(var bits):
            for group in batch.groups.indices where actions[group] == .drop { bits[group] = false }
            return .groups(bits)
        case .positions(var bits):
            for (group, signal) in batch.groups.enumerated() where actions[group] == .drop {
                for position in signal.positions { bits[position] = false }
            }
            return .positions(bits)
        }
    }

    private static func values(
        _ source: Column, _ kept: [Range<Int>], _ actions: [PrivacyAction], _ key: [UInt8]
    ) -> ColumnValues {
        switch source.values {
        case .int64(let values): return .int64(kept.flatMap { values[$0] })
        case .double(let values): return .double(kept.flatMap { values[$0] })
        case .decimal(let mantissas, let scale): return .decimal(mantissas: kept.flatMap { mantissas[$0] }, scale: scale)
        case .bool(let bits):
            let values = kept.flatMap { range in range.map { bits[$0] } }
            var made = Bitmap(count: values.count)
            for (index, value) in values.enumerated() where value { made[index] = true }
            return .bool(made)
        case .strings(let codes, let table):
            var made = TextTable()
            var known: [PrivacyAction: [UInt32?]] = [:]
            var result: [UInt32] = []
            for (range, action) in zip(kept, actions) where !range.isEmpty {
                var map = known[action] ?? [UInt32?](repeating: nil, count: table.count)
                for index in range {
                    let code = codes[index]
                    let number = map[code] ?? made.add(action.apply(to: table, code, key))
                    map[code] = number
                    result.append(number)
                }
                known[action] = map
            }
            return .strings(Codes(narrowing: result, limit: made.table.count), made.table)
        }
    }
}

/// The distinct texts.
private struct TextTable {
    var table = StringTable()
    private var numbers: [[UInt8]: UInt32] = [:]

    mutating func add(_ text: [UInt8]) -> UInt32 {
        if let known = numbers[text] { return known }
        let number = UInt32(truncatingIfNeeded: table.count)
        text.withUnsafeBytes { table.append($0) }
        numbers[text] = number
        return number
    }
}

extension PrivacyAction {
    /// The bytes of a text after the action; not called for dropped values.
    fileprivate func apply(to table: StringTable, _ code: Int, _ key: [UInt8]) -> [UInt8] {
        table.withBytes(of: code) { utf8 in
            switch self {
            case .keep, .drop: return Array(utf8)
            case .cut(let count):
                var left = count
                for (index, byte) in utf8.enumerated() where byte & 0xC0 != 0x80 {
                    if left == 0 { return Array(utf8[..<index]) }
                    left -= 1
                }
                return Array(utf8)
            case .withoutQuery: return Array(utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
            case .hash:
                let digest = (key + [0] + Array(utf8)).withUnsafeBytes { SHA256Digest(of: $0) }
                return Array("p_\("\(digest)".prefix(16))".utf8)
            }
        }
    }
}
