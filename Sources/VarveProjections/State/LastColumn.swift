/// The value of the latest event: latest time, then highest offset.
final class LastColumn: MeasureColumn, @unchecked Sendable {
    struct Last {
        var time: Int64
        var offset: UInt64
        var key: [UInt8]
    }

    var values: [Last?] = []

    override func copy() -> MeasureColumn {
        let copy = LastColumn()
        copy.values = values
        return copy
    }

    override func grow(to count: Int) {
        while values.count < count { values.append(nil) }
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: LastColumn.self)
        for (cell, target) in map.enumerated() where target != .max {
            guard let last = other.values[cell] else { continue }
            if isLater(Int(target), time: last.time, offset: last.offset) { values[Int(target)] = last }
        }
    }

    /// Whether an event at `time` and `offset` would replace the cell's value.
    func isLater(_ cell: Int, time: Int64, offset: UInt64) -> Bool {
        guard let known = values[cell] else { return true }
        return (time, offset) > (known.time, known.offset)
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        out.fixed(UInt8(values[cell] == nil ? 0 : 1))
        guard let last = values[cell] else { return }
        out.fixed(last.time)
        out.fixed(last.offset)
        out.block(last.key)
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        switch try reader.fixed(UInt8.self) {
        case 0: values[cell] = nil
        case 1:
            let time = try reader.fixed(Int64.self)
            let offset = try reader.fixed(UInt64.self)
            let range = try reader.block()
            var key = StateReader(reader.bytes, range)
            _ = try KeyBytes.read(&key)
            try key.finish()
            values[cell] = Last(time: time, offset: offset, key: Array(reader.bytes[range]))
        default: throw reader.fail("a flag that is neither 0 nor 1")
        }
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue {
        guard let last = values[cell] else { return .null }
        var reader = StateReader(last.key)
        return (try? KeyBytes.read(&reader)) ?? .null
    }
}
