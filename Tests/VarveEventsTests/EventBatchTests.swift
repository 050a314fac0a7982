import Testing
import VarveEvents
import VarveTestSupport

func batch(_ events: [Event]) -> EventBatch {
    var builder = BatchBuilder()
    for event in events { builder.append(event) }
    return builder.finish()
}

func events(of batch: EventBatch) -> [Event] {
    var events: [Event] = []
    batch.forEachEvent { _, event in events.append(event) }
    return events
}

@Suite struct `A batch` {
    @Test(arguments: [1, 2, 3, 100, 1_500] as [Int])
    func `gives back the events that went in, in order`(count: Int) {
        for seed in UInt64(1)...5 {
            let given = randomEvents(count: count, seed: seed)
            #expect(events(of: batch(given)) == given)
        }
    }

    @Test func `finds the column of an attribute wherever it stands among the others of its signal`() {
        let names = (0..<20).map { "name_\($0)" }
        let values: [Value] = [.int64(1), .double(0.5), .bool(true), .string("text"), .json("[]")]
        // Of one signal: longer and shorter lists, other places, other types, and names of the envelope.
        let given = (0..<400).map { row in
            let attributes = names.indices.filter { (row * 7 + $0 * row / 3) % 4 != 0 }
                .map { Attribute(names[$0], values[(row / 5 + $0) % values.count]) }
            let component = Attribute("component", values[row % values.count])
            return Event(
                time: Timestamp(nanoseconds: Int64(row)), signal: "signal_\(row % 300)", component: "c",
                attributes: (row % 3 == 0 ? [component] : []) + attributes)
        }
        let found = events(of: batch(given + given)).map { $0.attributes.sorted { $0.name < $1.name } }
        #expect(found == (given + given).map { $0.attributes.sorted { $0.name < $1.name } })
    }

    @Test func `puts the rows of a signal together, in their order`() {
        let made = batch(randomEvents(count: 500, seed: 7))
        #expect(made.groups.map(\.signal) == made.groups.map(\.signal).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let rows = made.rowsByPosition()
        for (number, group) in made.groups.enumerated() {
            let own = rows[group.positions].map { Int($0) }
            #expect(own == own.sorted())
            #expect(own.allSatisfy { made.groupOfRow[$0] == number })
        }
    }

    @Test func `sliced anywhere holds exactly the rows of the slice`() {
        let given = randomEvents(count: 120, seed: 3)
        let whole = batch(given)
        for start in stride(from: 0, to: 120, by: 7) {
            for end in stride(from: start, through: 120, by: 5) {
                let part = whole.slice(rows: start..<end)
                #expect(events(of: part) == Array(given[start..<end]))
            }
        }
    }

    @Test func `joined from batches equals the batch of all their events`() {
        let given = randomEvents(count: 900, seed: 11)
        var builder = BatchBuilder()
        for start in stride(from: 0, to: 900, by: 130) {
            let fits = builder.append(contentsOf: batch(Array(given[start..<min(start + 130, 900)])))
            #expect(fits)
        }
        #expect(events(of: builder.finish()) == given)
    }

    @Test func `joining keeps the numbers of strings in the order of the rows`() {
        var builder = BatchBuilder()
        for row in 0..<90 {
            builder.append(
                Event(time: Timestamp(nanoseconds: Int64(row)), signal: ["b", "a"][row % 2], session: "s\(row / 3)"))
        }
        let whole = builder.finish()
        _ = builder.append(contentsOf: whole)
        guard case .strings(_, let before)? = whole.column(.session)?.values,
            case .strings(_, let after)? = builder.finish().column(.session)?.values
        else {
            Issue.record("no session")
            return
        }
        #expect(after == before)
    }

    @Test(arguments: [1, 2, 3, 7, 50, 199, 500])
    func `filtered keeps the rows whose bit is set`(step: Int) {
        let given = randomEvents(count: 200, seed: 5)
        var keep = Bitmap(count: 200)
        for row in 0..<200 where row % step == 0 { keep[row] = true }
        let expected = given.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        #expect(events(of: batch(given).filtered(keep: keep)) == expected)
    }

    @Test func `filtered rows keep their offsets, and dictionaries only what they use`() {
        var builder = BatchBuilder()
        for event in randomEvents(count: 60, seed: 8, ids: true) { builder.append(event) }
        var whole = builder.finish()
        whole.firstOffset = Offset(1_000)
        var keep = Bitmap(count: 60)
        for row in [3, 4, 40] { keep[row] = true }
        let part = whole.filtered(keep: keep)
        #expect((0..<3).map { part.offset(ofRow: $0).value } == [1_003, 1_004, 1_040])
        for column in part.columns {
            if case .strings(let codes, let table) = column.values { #expect(table.count <= codes.count) }
        }
        var dense = Bitmap(count: 60)
        for row in 10..<20 { dense[row] = true }
        #expect(whole.filtered(keep: dense).offsets == nil)
        #expect(whole.filtered(keep: dense).firstOffset == Offset(1_010))
        #expect(whole.filtered(keep: Bitmap(count: 60)).rowCount == 0)
    }
}

@Suite struct `A builder` {
    @Test func `forgets a discarded row with all its fields`() {
        var builder = BatchBuilder()
        builder.append(Event(time: Timestamp(nanoseconds: 1), signal: "a", session: "s"))
        Array("b".utf8).withUnsafeBytes { builder.beginRow(time: 2, signal: $0) }
        Array("lost".utf8).withUnsafeBytes { builder.set(.session, string: $0) }
        builder.discardRow()
        builder.append(Event(time: Timestamp(nanoseconds: 3), signal: "a"))
        let made = builder.finish()
        #expect(events(of: made).map(\.session) == ["s", nil])
        #expect(made.groups.map(\.signal) == ["a"])
    }

    @Test func `lets the last of two values of a field count`() {
        var builder = BatchBuilder()
        let field = builder.handle(ColumnKey(.attribute, "n", .int64))
        Array("b".utf8).withUnsafeBytes { builder.beginRow(time: 2, signal: $0) }
        builder.set(field, int64: 1)
        builder.set(field, int64: 2)
        builder.endRow()
        #expect(events(of: builder.finish())[0].attributes == [Attribute("n", .int64(2))])
    }

    @Test func `is empty after finishing and keeps its handles`() {
        var builder = BatchBuilder()
        let field = builder.handle(ColumnKey(.attribute, "n", .int64))
        builder.append(Event(time: Timestamp(nanoseconds: 1), signal: "a"))
        _ = builder.finish()
        #expect(builder.rowCount == 0 && builder.byteCount == 0)
        Array("b".utf8).withUnsafeBytes { builder.beginRow(time: 2, signal: $0) }
        builder.set(field, int64: 7)
        builder.endRow()
        #expect(events(of: builder.finish())[0].attributes == [Attribute("n", .int64(7))])
    }
}

@Test func `ones in a range are counted across word borders`() {
    var bits = Bitmap(count: 200)
    for index in stride(from: 0, to: 200, by: 3) { bits[index] = true }
    for start in stride(from: 0, to: 200, by: 11) {
        for end in start...200 {
            #expect(bits.onesCount(in: start..<end) == (start..<end).count { $0 % 3 == 0 })
        }
    }
}

@Test(arguments: [1, 2, 11, 16, 17, 200] as [Int]) func `codes are counted in any range, however few there are`(limit: Int) {
    var random = SeededRandom(seed: UInt64(limit))
    let codes = (0..<9_000).map { _ in UInt8(random.next() % UInt64(limit)) }
    for range in [0..<0, 0..<1, 3..<18, 1..<17, 5..<8_999, 0..<9_000] {
        let counts = Codes.u8(codes).histogram(range, limit: limit)
        for code in 0..<limit { #expect(Int(counts[code]) == codes[range].count { Int($0) == code }) }
    }
}
