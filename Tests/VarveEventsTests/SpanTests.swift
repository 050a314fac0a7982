import Testing
import VarveEvents

/// Rows added a stretch at a time are the rows added one by one.
@Suite struct SpanTests {
    private struct Row {
        var time: Int64
        var signal: String
        var id: String?
        var name: String?
        var count: Int64?
        var ratio: Double?
        var isDone: Bool?
    }

    private static func rows(_ count: Int) -> [Row] {
        var random = SystemLike(state: 1)
        var names = ["", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "sixteen bytes ok", "seventeen bytes :", "é"]
        for number in 0..<40 { names += ["a longer text that differs at \(number) and goes on", "name_\(number)_of_many_others"] }
        let signals = ["s", "retry.success", "a.signal.of.twenty.five.b"]
        return (0..<count).map { number in
            var row = Row(time: Int64(number), signal: signals[Int(random.next() % 3)])
            if number % 5 != 4 { row.id = "id-\(number)" }
            if random.next() % 4 != 0 { row.name = names[Int(random.next() % 90)] }
            if number % 2 == 0 { row.count = Int64(number) }
            if random.next() % 3 == 0 { row.ratio = 0.5 }
            if number % 7 == 0 { row.isDone = true }
            return row
        }
    }

    private struct SystemLike {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    private static let attributes = [
        ColumnKey(.attribute, "name", .string), ColumnKey(.attribute, "count", .int64), ColumnKey(.attribute, "ratio", .double),
        ColumnKey(.attribute, "done", .bool),
    ]

    private func oneByOne(_ rows: some Sequence<Row>, _ builder: inout BatchBuilder) {
        let handles = Self.attributes.map { builder.handle($0) }
        for row in rows {
            bytes(row.signal) { builder.beginRow(time: row.time, signal: $0) }
            if let id = row.id { bytes(id) { builder.set(.id, string: $0) } }
            if let name = row.name { bytes(name) { builder.set(handles[0], string: $0) } }
            if let count = row.count { builder.set(handles[1], int64: count) }
            if let ratio = row.ratio { builder.set(handles[2], double: ratio) }
            if let isDone = row.isDone { builder.set(handles[3], bool: isDone) }
            builder.endRow()
        }
    }

    private func bytes(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        Array(text.utf8).withUnsafeBytes(body)
    }

    private func asStretch(_ rows: [Row], _ builder: inout BatchBuilder) {
        let handles = Self.attributes.map { builder.handle($0) }
        var text: [UInt8] = [0]
        func spans(_ texts: [String]) -> [TextSpan] {
            texts.map { part in
                defer { text += Array(part.utf8) }
                return TextSpan(start: UInt32(text.count), count: UInt32(part.utf8.count))
            }
        }
        func present<Value>(_ value: (Row) -> Value?) -> ([UInt32], [Value]) {
            let found = rows.enumerated().compactMap { index, row in value(row).map { (UInt32(index), $0) } }
            return (found.map(\.0), found.map(\.1))
        }
        let signals = spans(rows.map(\.signal))
        let (idRows, ids) = present(\.id)
        let (nameRows, names) = present(\.name)
        let (countRows, counts) = present(\.count)
        let (ratioRows, ratios) = present(\.ratio)
        let (doneRows, dones) = present(\.isDone)
        let (idSpans, nameSpans) = (spans(ids), spans(names))
        text += [UInt8](repeating: 0, count: 16)
        text.withUnsafeBytes { raw in
            let base = raw.baseAddress!
            let first = rows.map(\.time).withUnsafeBufferPointer { times in
                signals.withUnsafeBufferPointer { builder.appendRows(times: times, signals: $0, of: base) }
            }
            idSpans.withUnsafeBufferPointer { values in
                idRows.withUnsafeBufferPointer { builder.append(.id, strings: values, of: base, rows: $0, after: first) }
            }
            nameSpans.withUnsafeBufferPointer { values in
                nameRows.withUnsafeBufferPointer { builder.append(handles[0], strings: values, of: base, rows: $0, after: first) }
            }
            counts.withUnsafeBufferPointer { values in
                countRows.withUnsafeBufferPointer { builder.append(handles[1], int64: values, rows: $0, after: first) }
            }
            ratios.withUnsafeBufferPointer { values in
                ratioRows.withUnsafeBufferPointer { builder.append(handles[2], double: values, rows: $0, after: first) }
            }
            dones.withUnsafeBufferPointer { values in
                doneRows.withUnsafeBufferPointer { builder.append(handles[3], bool: values, rows: $0, after: first) }
            }
        }
    }

    private func events(_ batch: EventBatch) -> [Event] {
        var events: [Event] = []
        batch.forEachEvent { _, event in events.append(event) }
        return events
    }

    @Test(arguments: [[400], [1, 1, 398], [100, 0, 300], [7, 93, 200, 100]])
    func `stretches give the batch that single rows give`(stretches: [Int]) {
        let rows = Self.rows(400)
        var (single, many) = (BatchBuilder(), BatchBuilder())
        for round in 0..<2 {
            oneByOne(rows, &single)
            var start = 0
            for count in stretches {
                // Every other one row by row: both may be mixed.
                let part = Array(rows[start..<start + count])
                if count % 2 == 1 { oneByOne(part, &many) } else { asStretch(part, &many) }
                start += count
            }
            #expect(single.byteCount == many.byteCount)
            let (left, right) = (single.finish(), many.finish())
            #expect(events(left) == events(right), "round \(round)")
            #expect(left.columns.map(\.key) == right.columns.map(\.key))
            for (a, b) in zip(left.columns, right.columns) {
                guard case .strings(let codes, let table) = a.values, case .strings(let otherCodes, let otherTable) = b.values
                else { continue }
                #expect(table == otherTable, "\(a.key)")
                #expect((0..<codes.count).map { codes[$0] } == (0..<otherCodes.count).map { otherCodes[$0] }, "\(a.key)")
            }
        }
    }

    @Test func `strings of every length come back, also when rows between them are dropped`() {
        var builder = BatchBuilder()
        let names = (0..<200).map { number in
            String(decoding: (0..<number % 70).map { UInt8(97 + ($0 * 7 + number) % 26) }, as: UTF8.self)
        }
        let name = builder.handle(Self.attributes[0])
        for (number, text) in names.enumerated() {
            for isKept in [number % 3 != 0, true] {
                bytes("signal \(number % 5)") { builder.beginRow(time: Int64(number), signal: $0) }
                if number % 4 == 0 { bytes("given twice, the last counts") { builder.set(name, string: $0) } }
                bytes(isKept ? text : "dropped \(number)") { builder.set(name, string: $0) }
                if isKept {
                    builder.endRow()
                    break
                }
                builder.discardRow()
            }
        }
        let events = events(builder.finish())
        #expect(events.map { $0.attributes.first?.value } == names.map { .string($0) })
        #expect(events.map(\.signal) == names.indices.map { "signal \($0 % 5)" })
    }
}
