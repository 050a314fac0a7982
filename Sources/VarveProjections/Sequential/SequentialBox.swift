// The implementation behind `SequentialState`: one projection with entries of its own type, folded row by row.

internal import VarveEvents

private let dayLength: Int64 = 86_400_000_000_000

/// A state with its projection's own type.
protocol SequentialBox: Sendable {
    var anyProjection: any SequentialProjection { get }
    var count: Int { get }
    var tally: SequentialTally { get }
    mutating func fold(_ batch: EventBatch, _ park: (PoisonedEvent) -> Bool) throws(PoisonedEvent)
    func encode(_ out: inout StateWriter)
    func encodeTally(_ out: inout StateWriter)
    func encodeContent(_ out: inout StateWriter)
    mutating func decode(_ reader: inout StateReader, isFormer: Bool) throws(StateError)
    mutating func decodeTally(_ reader: inout StateReader) throws(StateError)
    mutating func restore(_ key: [UInt8], _ entry: [UInt8]) throws(StateError)
    mutating func trackChanges()
    mutating func takeChanges() -> [EntryChange]
    func entries() -> [EntryChange]
    func rows(ofKey key: [UInt8], newest: Timestamp) -> [[[ViewValue]]]
    func table(_ query: SequentialQuery, newest: Timestamp) throws(QueryError) -> TableRows
}

struct TypedBox<Projection: SequentialProjection>: SequentialBox {
    let projection: Projection
    var held: SequentialEntries<Projection.Entry>
    private var counted = SequentialTally()

    init(_ projection: Projection) {
        self.projection = projection
        held = SequentialEntries(limit: projection.limits.entries)
    }

    var anyProjection: any SequentialProjection { projection }
    var count: Int { held.count }
    var tally: SequentialTally {
        var tally = counted
        tally.leftOut = held.leftOut
        return tally
    }

    mutating func fold(_ batch: EventBatch, _ park: (PoisonedEvent) -> Bool) throws(PoisonedEvent) {
        let wanted = batch.groups.map { projection.signals.matches($0.signal) }
        guard wanted.contains(true) else { return }
        let rows = SequentialRows(batch, fields: projection.fields, conditions: projection.conditions)
        var next = [Int](repeating: 0, count: batch.groups.count)
        for row in 0..<batch.rowCount {
            let group = batch.groupOfRow[row]
            let position = next[group]
            next[group] += 1
            guard wanted[group] else { continue }
            let observed = batch.observed.isEmpty ? 0 : batch.observed[row]
            if observed >= counted.nextSweep { sweep(observed) }
            let event = SequentialEvent(
                offset: batch.offset(ofRow: row), time: Timestamp(nanoseconds: batch.times[row]),
                observed: Timestamp(nanoseconds: observed), rows: rows, group: group, position: position)
            held.now = observed
            do throws(PoisonedEvent) {
                try projection.fold(event, into: &held)
                held.endEvent()
            } catch {
                held.undoEvent()
                guard park(error) else { throw error }
                counted.parked &+= 1
            }
        }
        held.tidy()
    }

    /// Once a day of append time, so that the removal of an entry depends only on the events.
    private mutating func sweep(_ observed: Int64) {
        let (limit, isEarly) = observed.subtractingReportingOverflow(projection.limits.keepsFinished)
        if !isEarly {
            let fromBeginning = projection.limits.countsFromBeginning
            counted.swept &+= Int64(held.removeFinished(before: limit, fromBeginning: fromBeginning))
        }
        let (next, isLate) = observed.addingReportingOverflow(dayLength)
        counted.nextSweep = isLate ? .max : next
    }

    func encodeTally(_ out: inout StateWriter) {
        out.fixed(counted.nextSweep)
        out.fixed(held.leftOut)
        out.fixed(counted.swept)
        out.fixed(counted.parked)
    }

    func encode(_ out: inout StateWriter) {
        encodeTally(&out)
        out.fixed(UInt64(held.count))
        for (key, entry) in held.sorted {
            out.block(key)
            out.block(Self.bytes(entry))
        }
    }

    /// Everything the projection derived from the events, without append times.
    func encodeContent(_ out: inout StateWriter) {
        out.fixed(held.leftOut)
        out.fixed(counted.swept)
        out.fixed(counted.parked)
        out.fixed(UInt64(held.count))
        for (key, entry) in held.sorted {
            out.block(key)
            var own = StateWriter()
            entry.entry.encode(into: &own)
            out.block(own.bytes)
        }
    }

    private static func bytes(_ held: SequentialEntries<Projection.Entry>.Held) -> [UInt8] {
        var out = StateWriter()
        out.fixed(held.touched)
        held.entry.encode(into: &out)
        return out.bytes
    }

    mutating func decodeTally(_ reader: inout StateReader) throws(StateError) {
        counted.nextSweep = try reader.fixed(Int64.self)
        held.restore(leftOut: try reader.count())
        counted.swept = try reader.count()
        counted.parked = try reader.count()
    }

    mutating func decode(_ reader: inout StateReader, isFormer: Bool) throws(StateError) {
        try decodeTally(&reader)
        var previous: [UInt8]?
        for _ in 0..<(try reader.fixed(UInt64.self)) {
            let key = Array(reader.bytes[try reader.block()])
            if let previous, !previous.lexicographicallyPrecedes(key) { throw reader.fail("entries out of order") }
            try restore(key, Array(reader.bytes[try reader.block()]), isFormer: isFormer)
            previous = key
        }
    }

    mutating func restore(_ key: [UInt8], _ entry: [UInt8]) throws(StateError) {
        try restore(key, entry, isFormer: false)
    }

    private mutating func restore(_ key: [UInt8], _ entry: [UInt8], isFormer: Bool) throws(StateError) {
        var reader = StateReader(entry)
        let touched = try reader.fixed(Int64.self)
        let value = isFormer ? try Projection.Entry(former: &reader) : try Projection.Entry(from: &reader)
        try reader.finish()
        held.restore(key, value, touched: touched)
    }

    mutating func trackChanges() { held.trackChanges() }

    mutating func takeChanges() -> [EntryChange] {
        held.takeChanges().map { EntryChange(key: $0.key, entry: $0.entry.map(Self.bytes)) }
    }

    func entries() -> [EntryChange] {
        held.sorted.map { EntryChange(key: $0.key, entry: Self.bytes($0.value)) }
    }

    func rows(ofKey key: [UInt8], newest: Timestamp) -> [[[ViewValue]]] {
        let entry = held[key]
        return projection.tables.map { table in
            entry.map { projection.rows(of: table.name, key: key, $0, newest: newest) } ?? []
        }
    }

    func table(_ query: SequentialQuery, newest: Timestamp) throws(QueryError) -> TableRows {
        let tables = projection.tables
        guard let table = query.table.map({ name in tables.first { $0.name == name } }) ?? tables.first else {
            throw .unknownTable(query.table ?? "", view: projection.name, known: tables.map(\.name))
        }
        let filters = try query.filters.map { filter throws(QueryError) in
            guard let column = filter.column(among: table.columns) else {
                throw .unknownDimension(filter.dimension, view: projection.name, known: table.columns)
            }
            return (column: column, filter: filter, test: filter.condition.test)
        }
        var rows: [ViewRow] = []
        var dropped: Int64 = 0
        for (key, entry) in held.sorted {
            let span = projection.span(of: entry.entry)
            if let to = query.to, span.start >= to { continue }
            if let from = query.from, let end = span.end, end < from { continue }
            var isAsked = query.filters.isEmpty
            for values in projection.rows(of: table.name, key: key, entry.entry, newest: newest) {
                let row = ViewRow(
                    time: nil, values: zip(table.columns, values).map { NamedValue($0, $1) }, isOther: false)
                guard filters.allSatisfy({ $0.filter.allows(row[$0.column] ?? .null, $0.test) }) else { continue }
                isAsked = true
                if let index = table.timeColumn, index < values.count, !query.holds(values[index]) { continue }
                rows.append(row)
            }
            if isAsked, let gone = projection.dropped(from: table.name, entry.entry),
                query.from.map({ $0 < gone.before }) ?? true
            {
                dropped &+= gone.rows
            }
        }
        return TableRows(table: table, rows: rows, dropped: dropped)
    }
}
