internal import VarveEvents

/// The result of a condition for one group: often the signal and the columns that the group lacks decide it for all rows at
/// once.
enum GroupVerdict {
    case always
    case never
    /// Per position of the group.
    case some([Bool])
}

extension Condition {
    /// The rows of group `group` that satisfy it. The depth of the tree is bounded when definitions are checked.
    func verdict(_ batch: EventBatch, _ group: Int) -> GroupVerdict {
        switch self {
        case .all(let parts):
            return parts.reduce(GroupVerdict.always) { $0.and($1.verdict(batch, group)) }
        case .any(let parts):
            return parts.reduce(GroupVerdict.always) { $0.and($1.verdict(batch, group).negated) }.negated
        case .not(let part):
            return part.verdict(batch, group).negated
        case .exists(let field):
            return Self.test(field, batch, group) { _ in true }
        case .compare(let field, let comparison, let value):
            return Self.test(field, batch, group) { comparison.holds($0, value) }
        case .isIn(let field, let values):
            return Self.test(field, batch, group) { found in values.contains { Comparison.equal.holds(found, $0) } }
        case .hasPrefix(let field, let prefix):
            return Self.test(field, batch, group) { $0.textBytes?.starts(with: prefix.utf8) ?? false }
        case .contains(let field, let part):
            return Self.test(field, batch, group) { $0.textBytes.map { has($0, part.utf8) } ?? false }
        case .isWord(let field, let words):
            let lowered = words.map { $0.utf8.map(lower) }
            return Self.test(field, batch, group) { found in
                guard let text = found.textBytes else { return false }
                return lowered.contains { text.count == $0.count && text.lazy.map(lower).elementsEqual($0) }
            }
        case .glob(let field, let pattern):
            let glob = Glob(pattern)
            return Self.test(field, batch, group) { found in
                switch found {
                case .string(let text), .json(let text): glob.matches(text)
                default: false
                }
            }
        }
    }

    /// Applies `holds` to the values of `field`; absent values give false. Texts are tested once per dictionary entry.
    private static func test(_ field: Field, _ batch: EventBatch, _ group: Int, _ holds: (Value) -> Bool) -> GroupVerdict {
        if field.place == .signal { return holds(.string(batch.groups[group].signal)) ? .always : .never }
        let positions = batch.groups[group].positions
        var mask = [Bool](repeating: false, count: positions.count)
        for key in field.columns {
            guard let column = batch.column(key), let places = ColumnPlaces(column, group: group, positions: positions) else {
                continue
            }
            if case .strings(let codes, let table) = column.values {
                var known = [UInt8](repeating: 2, count: table.count)
                for position in mask.indices {
                    guard let place = places.place(position) else { continue }
                    let code = codes[place]
                    if known[code] == 2 { known[code] = holds(column.values.value(at: place, type: key.type)) ? 1 : 0 }
                    mask[position] = known[code] == 1
                }
            } else {
                for position in mask.indices {
                    guard let place = places.place(position) else { continue }
                    mask[position] = holds(column.values.value(at: place, type: key.type))
                }
            }
        }
        if mask.allSatisfy({ $0 }) { return .always }
        return mask.contains(true) ? .some(mask) : .never
    }
}

extension Value {
    fileprivate var textBytes: String.UTF8View? {
        switch self {
        case .string(let text), .json(let text): text.utf8
        case .int64, .double, .bool: nil
        }
    }
}

private func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }

/// Whether `part` occurs in `text`. O(length of one × length of the other) in the worst case.
private func has(_ text: String.UTF8View, _ part: String.UTF8View) -> Bool {
    let (text, part) = (Array(text), Array(part))
    guard let first = part.first else { return true }
    guard text.count >= part.count else { return false }
    for start in 0...(text.count - part.count) where text[start] == first {
        if text[start..<(start + part.count)].elementsEqual(part) { return true }
    }
    return false
}

extension GroupVerdict {
    var negated: GroupVerdict {
        switch self {
        case .always: .never
        case .never: .always
        case .some(let mask): .some(mask.map { !$0 })
        }
    }

    func and(_ other: GroupVerdict) -> GroupVerdict {
        switch (self, other) {
        case (.never, _), (_, .never): .never
        case (.always, let rest), (let rest, .always): rest
        case (.some(let left), .some(let right)): .some(zip(left, right).map { $0 && $1 })
        }
    }
}

extension Comparison {
    /// Whether `left` compares to `right` in this way. Values of different kinds are unequal and unordered.
    func holds(_ left: Value, _ right: Value) -> Bool {
        guard let order = Value.order(left, right) else { return self == .notEqual }
        return switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
