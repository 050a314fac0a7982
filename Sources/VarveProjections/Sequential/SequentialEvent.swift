// The rows of a batch, one after the other, for a sequential projection. Columns are still decoded as columns: a field is coded
// once per batch and a text is created once per dictionary entry, not once per row.

public import VarveEvents

/// One event passed to a sequential projection. Valid only during `fold`.
public struct SequentialEvent {
    public let offset: Offset
    /// The event time.
    public let time: Timestamp
    /// The append time; 1970-01-01 if the batch does not have it.
    public let observed: Timestamp
    let rows: SequentialRows
    let group: Int
    let position: Int

    public var signal: String { rows.batch.groups[group].signal }

    /// The value of field `field` of the projection, by index; `.null` if absent.
    public func value(_ field: Int) -> ViewValue { rows.value(field, group, position) }

    /// Whether condition `condition` of the projection holds, by index.
    public func holds(_ condition: Int) -> Bool { rows.holds(condition, group, position) }

    /// The values of some fields as a key: bytes in the order of the values. Nil if all of them are absent.
    public func key(_ fields: [Int]) -> [UInt8]? { rows.key(fields, group, position) }
}

/// One batch as seen by one projection.
final class SequentialRows {
    let batch: EventBatch
    private let fields: [FieldCodes]
    private let conditions: [Condition]
    /// Per field and group, the code of each position.
    private var codes: [[[UInt32]?]]
    private var values: [[ViewValue?]]
    /// Per field and code, its key bytes.
    private var keys: [[[UInt8]?]]
    private var verdicts: [[GroupVerdict?]]

    init(_ batch: EventBatch, fields: [Field], conditions: [Condition]) {
        self.batch = batch
        self.conditions = conditions
        self.fields = fields.map { FieldCodes(FoldPlan.CodedField(field: $0, transform: .none), batch) }
        codes = fields.map { _ in [[UInt32]?](repeating: nil, count: batch.groups.count) }
        values = fields.map { _ in [] }
        keys = fields.map { _ in [] }
        verdicts = conditions.map { _ in [GroupVerdict?](repeating: nil, count: batch.groups.count) }
    }

    private func code(_ field: Int, _ group: Int, _ position: Int) -> UInt32 {
        if let known = codes[field][group] { return known[position] }
        let made = fields[field].span(group).widened(0..<batch.groups[group].positions.count)
        codes[field][group] = made
        return made[position]
    }

    func value(_ field: Int, _ group: Int, _ position: Int) -> ViewValue {
        let code = Int(code(field, group, position))
        if code >= values[field].count {
            values[field] += [ViewValue?](repeating: nil, count: Swift.max(fields[field].count, code + 1) - values[field].count)
        }
        if let known = values[field][code] { return known }
        var reader = StateReader(fields[field].keyBytes(UInt32(truncatingIfNeeded: code)))
        guard let value = try? KeyBytes.read(&reader) else { preconditionFailure("coded bytes are not a value") }
        values[field][code] = value
        return value
    }

    func holds(_ condition: Int, _ group: Int, _ position: Int) -> Bool {
        let verdict = verdicts[condition][group] ?? conditions[condition].verdict(batch, group)
        verdicts[condition][group] = verdict
        return switch verdict {
        case .always: true
        case .never: false
        case .some(let mask): mask[position]
        }
    }

    func key(_ numbers: [Int], _ group: Int, _ position: Int) -> [UInt8]? {
        if numbers.count == 1 {
            let bytes = keyBytes(numbers[0], group, position)
            return bytes == KeyBytes.null ? nil : bytes
        }
        var key: [UInt8] = []
        var isAbsent = true
        for number in numbers {
            let bytes = keyBytes(number, group, position)
            if bytes != KeyBytes.null { isAbsent = false }
            key += bytes
        }
        return isAbsent ? nil : key
    }

    private func keyBytes(_ field: Int, _ group: Int, _ position: Int) -> [UInt8] {
        let code = Int(code(field, group, position))
        if code >= keys[field].count {
            keys[field] += [[UInt8]?](repeating: nil, count: Swift.max(fields[field].count, code + 1) - keys[field].count)
        }
        if let known = keys[field][code] { return known }
        let made = fields[field].keyBytes(UInt32(truncatingIfNeeded: code))
        keys[field][code] = made
        return made
    }
}
