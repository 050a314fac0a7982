internal import VarveEvents

/// The events of one document. They are passed on once all of it has been decoded.
///
/// A row is begun, its fields are set, and it is ended; a row with a problem becomes a refused record. Fields are staged first
/// and written into columns at the end, so that a row that does not fit a batch can begin the next one.
struct DocumentRows: ~Copyable {
    /// A field's value. Text and JSON are valid until the row is ended.
    enum Value {
        case text(UnsafeRawBufferPointer)
        case json(UnsafeRawBufferPointer)
        case int64(Int64)
        case double(Double)
        case bool(Bool)
    }

    struct Staged {
        var slot: UInt32
        var value: Value
    }

    let clock: EventClock
    /// Texts created for the current row.
    let arena = TextArena()
    /// Texts created for the document.
    let kept = TextArena()
    var assembler = BlockAssembler()
    var keys = KeyTable()
    var row: UInt32 = 0
    /// The key of the previous lookup.
    var previousKey: UInt32 = 0
    var staged: [Staged] = []
    private(set) var problem: Problem?
    /// The number of the current record, from 1.
    private(set) var record = 0
    private var signal = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isChecked = false
    private var time: Int64 = 0
    private var texts: [(ColumnHandle, UnsafeRawBufferPointer)] = []
    private var generation = 0
    /// The reserved names of the document's own fields, in their order.
    private var reserved: [UInt32] = []
    /// Per reserved name, the latest row that has it, and where among the staged fields it is there.
    private var setInRow: [UInt32] = []
    private var placeInRow: [Int] = []
    private var values = 0
    /// Fields that were looked at for the row and are none of its values, as values: of what many records share, all of them
    /// cost what it costs to pass over it.
    var passed = 0
    private let valuesMax: Int
    var leftOut: [String: Int] = [:]
    /// What a reader counts of the rows that are events.
    var tally: [Int] = []
    /// Whether the row that was ended is an event.
    private(set) var isTaken = false

    /// - Parameter bytes: The length of the document, which bounds the total number of values of its events: one value in the
    ///   document may be shared by many events.
    init(_ clock: EventClock, bytes: Int, keepsRecords: Bool) {
        self.clock = clock
        valuesMax = WireLimits.documentValues + 2 * bytes
        assembler.keepsRecords = keepsRecords
    }

    /// Declares the names of the document's own fields; attributes with these names get a prefix.
    mutating func reserve(_ names: [String]) {
        reserved = names.map { name in Array(name.utf8).withUnsafeBytes { slot($0) } }
        setInRow = [UInt32](repeating: 0, count: names.count)
        placeInRow = [Int](repeating: 0, count: names.count)
    }

    mutating func begin(_ signal: StaticString, time: Int64) {
        record += 1
        self.signal = UnsafeRawBufferPointer(start: signal.utf8Start, count: signal.utf8CodeUnitCount)
        isChecked = false
        self.time = time
        problem = nil
        staged.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        previousKey = 0
        if row == .max {
            for number in 0..<keys.count { keys.slots[number].lastRow = 0 }
            for number in setInRow.indices { setInRow[number] = 0 }
            row = 0
        }
        row += 1
        for slot in reserved { keys.slots[Int(slot)].lastRow = row }
    }

    /// The row is of this signal, which the document names.
    mutating func set(signal name: UnsafeRawBufferPointer) {
        guard isName(name), isUTF8(name) else { return refuse(badName("the signal", name.count)) }
        signal = name
    }

    /// Whether the row, of which all is set, cannot become an event.
    mutating func isRefused() -> Bool {
        if problem == nil, !isChecked { problem = check() }
        isChecked = true
        return problem != nil
    }

    /// The record cannot become an event; the first reason counts.
    mutating func refuse(_ problem: Problem) {
        if self.problem == nil { self.problem = problem }
    }

    /// Sets id, tenant, component, session or user; an empty text counts as absent. The first value counts.
    mutating func set(_ column: ColumnHandle, _ text: UnsafeRawBufferPointer) {
        guard !text.isEmpty, !texts.contains(where: { $0.0 == column }) else { return }
        texts.append((column, text))
    }

    /// Sets the field of the reserved name `number`. The last value counts.
    @inline(__always)
    mutating func set(_ number: Int, _ value: Value) {
        guard setInRow[number] != row else {
            staged[placeInRow[number]].value = value
            return
        }
        setInRow[number] = row
        placeInRow[number] = staged.count
        staged.append(Staged(slot: reserved[number], value: value))
    }

    /// Sets a text from outside; an empty text counts as absent.
    mutating func set(_ number: Int, text: UnsafeRawBufferPointer) {
        guard !text.isEmpty else { return }
        // One that is too long is refused for that, and not looked through for every record that shares it.
        guard text.count > EventLimits.stringBytes || isUTF8(text) else {
            return refuse(Problem(.invalidUTF8, "\(keys.slots[Int(reserved[number])].name) is not UTF-8"))
        }
        set(number, .text(text))
    }

    /// Ends the row: it becomes an event, or a refused record with the bytes `bytes`.
    mutating func end(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) throws(DocumentFault) {
        values += cost()
        passed = 0
        guard values <= valuesMax else {
            throw DocumentFault(.eventTooLarge, "the document's events have more than \(valuesMax) values together")
        }
        if !isRefused() { problem = write(bytes, UInt64(offset)) }
        isTaken = problem == nil
        if let problem { assembler.reject(Rejection(problem, bytes, line: record, offset: UInt64(offset))) }
        arena.removeAll()
    }

    /// The row's values, and what it takes to pass over the others. A long text is as much as several.
    private func cost() -> Int {
        var cost = staged.count + 4 + passed
        for (_, text) in texts { cost += text.count >> 6 }
        for field in staged {
            switch field.value {
            case .text(let text), .json(let text): cost += text.count >> 6
            case .int64, .double, .bool: break
            }
        }
        return cost
    }

    /// Continues with record `number`; for text, the number of its line.
    mutating func skip(toRecord number: Int) { record = max(record, number - 1) }

    /// Refuses a record that was not begun.
    mutating func refuse(_ problem: Problem, _ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        record += 1
        assembler.reject(Rejection(problem, bytes, line: record, offset: UInt64(offset)))
    }

    private func check() -> Problem? {
        guard clock.isPlausible(time) else { return clock.problem(time) }
        guard staged.count <= WireLimits.attributesPerEvent else { return tooManyKeys(staged.count) }
        for (column, text) in texts {
            if column == .id, text.count > EventLimits.idBytes {
                return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes, this one has \(text.count)")
            }
            if column == .tenant, text.count > EventLimits.nameBytes { return badName("the tenant", text.count) }
            if text.count > EventLimits.stringBytes { return tooLong("a text of the envelope", text.count) }
            guard isUTF8(text) else { return Problem(.invalidUTF8, "a text of the envelope is not UTF-8") }
            if column == .tenant, !isName(text) { return badName("the tenant", text.count) }
        }
        for field in staged {
            switch field.value {
            case .text(let text), .json(let text):
                if text.count > EventLimits.stringBytes { return tooLong(keys.slots[Int(field.slot)].name, text.count) }
            case .double(let number):
                if !number.isFinite { return Problem(.notFinite, "\(keys.slots[Int(field.slot)].name) is not finite") }
            case .int64, .bool: break
            }
        }
        return nil
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> Problem? {
        for _ in 0..<2 {
            if generation != assembler.generation {
                generation = assembler.generation
                keys.forgetColumns()
            }
            assembler.builder.beginRow(time: time, signal: signal)
            for (column, text) in texts { assembler.builder.set(column, string: text) }
            for field in staged { write(field) }
            if assembler.rowFits {
                assembler.endRow(line: record, observed: nil, record: bytes, offset: offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }

    private mutating func write(_ field: Staged) {
        let slot = keys.slots + Int(field.slot)
        switch field.value {
        case .text(let text):
            if slot.pointee.string == .id { slot.pointee.string = column(slot.pointee.name, .string) }
            assembler.builder.set(slot.pointee.string, string: text)
        case .json(let text):
            if slot.pointee.json == .id { slot.pointee.json = column(slot.pointee.name, .json) }
            assembler.builder.set(slot.pointee.json, string: text)
        case .int64(let number):
            if slot.pointee.int64 == .id { slot.pointee.int64 = column(slot.pointee.name, .int64) }
            assembler.builder.set(slot.pointee.int64, int64: number)
        case .double(let number):
            if slot.pointee.double == .id { slot.pointee.double = column(slot.pointee.name, .double) }
            assembler.builder.set(slot.pointee.double, double: number)
        case .bool(let flag):
            if slot.pointee.bool == .id { slot.pointee.bool = column(slot.pointee.name, .bool) }
            assembler.builder.set(slot.pointee.bool, bool: flag)
        }
    }

    private mutating func column(_ name: String, _ type: ValueType) -> ColumnHandle {
        assembler.builder.handle(ColumnKey(.attribute, name, type))
    }
}
