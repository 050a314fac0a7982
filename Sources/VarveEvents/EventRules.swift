/// The rules that every event must satisfy, whatever its source. The log's API and all parsers use only these, so that whatever
/// the log contains, `cat` can print and `ingest` can read again.
///
/// A signal, a tenant and an attribute name have 1 to 256 bytes and no control characters; an id has 1 to 256 bytes; a number
/// is finite; JSON is one object or array without whitespace between its tokens; an event does not have two values of one name.
///
/// **Absence.** An empty tenant, component, session or user counts as absent. In attributes an empty text is a value. This
/// holds for every format and is implemented where columns are filled (`BatchBuilder`).
public enum EventRules {
    /// Whether `utf8` is a valid name of a signal, a tenant or an attribute.
    @inlinable
    public static func isName(_ utf8: UnsafeRawBufferPointer) -> Bool {
        let count = utf8.count
        guard count > 0, count <= EventLimits.nameBytes else { return false }
        var index = 0
        while index + 8 <= count {
            if hasControl(utf8.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { return false }
            index += 8
        }
        while index < count {
            if utf8[index] < 0x20 || utf8[index] == 0x7F { return false }
            index += 1
        }
        return true
    }

    /// Whether one of eight bytes is below 0x20 or equals 0x7F: a borrow out of `byte - 0x20`, or a zero in `byte ^ 0x7F`.
    @inlinable
    static func hasControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let deleted = word ^ (ones &* 0x7F)
        let low = (word &- ones &* 0x20) & ~word
        let zero = (deleted &- ones) & ~deleted
        return (low | zero) & (ones &* 0x80) != 0
    }

    /// What is wrong with `event`, apart from the lengths of texts; nil when it is valid.
    public static func flaw(of event: Event) -> String? {
        if !isName(event.signal) { return badName("a signal", event.signal) }
        if let tenant = event.tenant, !tenant.isEmpty, !isName(tenant) { return badName("a tenant", tenant) }
        if event.id?.isEmpty ?? false { return "an id has 1 to \(EventLimits.idBytes) bytes; this one has none" }
        var greatest = 0
        for (place, attribute) in event.attributes.enumerated() {
            if !isName(attribute.name) { return badName("the name of an attribute", attribute.name) }
            switch attribute.value {
            case .double(let number): if !number.isFinite { return notFinite(attribute.name, number) }
            case .json(let text): if !isJSON(text) { return badJSON(attribute.name) }
            case .int64, .bool, .string: break
            }
            // Usually attributes are sorted, and a name greater than all before it is new.
            if place == 0 || event.attributes[greatest].name < attribute.name {
                greatest = place
            } else if event.attributes[..<place].contains(where: { ColumnKey.isSame($0.name, attribute.name) }) {
                return repeated(attribute.name)
            }
        }
        return nil
    }

    /// What is wrong with an event of `batch`, apart from the lengths of texts; nil when all are valid. O(columns + fractions +
    /// bytes of JSON).
    public static func flaw(of batch: EventBatch) -> String? {
        for group in batch.groups where !isName(group.signal) { return badName("a signal", group.signal) }
        // Columns with one name and several types need not be adjacent.
        var names: Set<[UInt8]> = []
        for column in batch.columns {
            if let flaw = flaw(of: column) { return flaw }
            guard column.key.scope == .attribute, !names.insert(Array(column.key.name.utf8)).inserted else { continue }
            if isRepeated(column.key.name, batch) { return repeated(column.key.name) }
        }
        return nil
    }

    private static func flaw(of column: Column) -> String? {
        let name = column.key.name
        if column.key.scope == .attribute, !isName(name) { return badName("the name of an attribute", name) }
        switch column.values {
        case .double(let numbers):
            return areFinite(numbers) ? nil : notFinite(name, numbers.first { !$0.isFinite } ?? .nan)
        case .strings(_, let table):
            let isFine: (UnsafeRawBufferPointer) -> Bool
            switch column.key {
            case .id: isFine = { !$0.isEmpty }
            case .tenant: isFine = { isName($0) }
            case _ where column.key.type == .json: isFine = { PlainJSON.isOne($0) }
            default: return nil
            }
            for entry in 0..<table.count where !table.withBytes(of: entry, isFine) {
                switch column.key {
                case .id: return "an id has 1 to \(EventLimits.idBytes) bytes; one has none"
                case .tenant: return badName("a tenant", table[entry])
                default: return badJSON(name)
                }
            }
            return nil
        case .int64, .decimal, .bool: return nil
        }
    }

    /// A number is not finite if all bits of its exponent are set. Branch-free, so that the loop is vectorized.
    private static func areFinite(_ numbers: [Double]) -> Bool {
        let exponent: UInt64 = 0x7FF0_0000_0000_0000
        return numbers.withUnsafeBufferPointer { numbers in
            var found: UInt64 = 0
            for number in numbers { found |= number.bitPattern & exponent == exponent ? 1 : 0 }
            return found == 0
        }
    }

    /// Whether two columns of one name have a value in the same row.
    private static func isRepeated(_ name: String, _ batch: EventBatch) -> Bool {
        var seen = Bitmap(count: batch.rowCount)
        for column in batch.columns where column.key.scope == .attribute && ColumnKey.isSame(column.key.name, name) {
            for position in column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups) {
                if seen[Int(position)] { return true }
                seen[Int(position)] = true
            }
        }
        return false
    }

    private static func isName(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isName(UnsafeRawBufferPointer($0)) }
    }

    private static func isJSON(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { PlainJSON.isOne(UnsafeRawBufferPointer($0)) }
    }

    private static func badName(_ what: String, _ name: String) -> String {
        "\(what) has 1 to \(EventLimits.nameBytes) bytes and no control characters; this one has \(name.utf8.count) bytes"
    }

    private static func notFinite(_ name: String, _ number: Double) -> String {
        "attribute \"\(name.prefix(64))\" is \(number), which is not finite"
    }

    private static func badJSON(_ name: String) -> String {
        "attribute \"\(name.prefix(64))\" is not a JSON object or array without whitespace between tokens"
    }

    private static func repeated(_ name: String) -> String { "an event has two values called \"\(name.prefix(64))\"" }
}
