import Testing
import VarveEvents
import VarveWire

@Suite struct BatchPrinterTests {
    private static let texts = [
        "plain", "", "=sum", "+1", "-", "@x", "\ttab", "\rreturn", "a,b", "say \"so\"", "back\\slash", "line\nend", "\u{0}",
        "\u{2028}x", "é😀", "€", "x\u{7F}",
    ]

    private static let doubles: [Double] = [
        0, -0.0, 1, -1, 0.5, -12.25, 123.4, 0.1, 0.01, 0.001, 0.0001, 0.00012, 0.00001, 1e-9, 214748364.7, 2147483647, 1e15, 1e16,
        1e17, 9_007_199_254_740_992, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 3.141592653589793,
    ]

    private static func event(_ random: inout Seeded) -> Event {
        func text(_ random: inout Seeded) -> String { texts.randomElement(using: &random) ?? "" }
        func maybe(_ random: inout Seeded) -> String? { Bool.random(using: &random) ? "c" + text(&random) : nil }
        var attributes: [Attribute] = []
        for name in ["a", "a.b", "b\"c", "d", "e", "long name, with a comma"] where Int.random(in: 0..<3, using: &random) > 0 {
            let value: Value =
                switch Int.random(in: 0..<6, using: &random) {
                case 0: .int64(Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random))
                case 1: .double(doubles.randomElement(using: &random) ?? 0)
                case 2: .double(Double(Int.random(in: -99_999...99_999, using: &random)) / 1_000)
                case 3: .bool(Bool.random(using: &random))
                case 4: .json(#"{"x":[1,"y"]}"#)
                default: .string(text(&random))
                }
            attributes.append(Attribute(name, value))
        }
        let time = Int64.random(in: -9_000_000_000_000_000_000...9_000_000_000_000_000_000, using: &random)
        let coarse: Int64 = [1, 1_000_000, 1_000_000_000, 60_000_000_000].randomElement(using: &random) ?? 1
        return Event(
            time: Timestamp(nanoseconds: time / coarse * coarse),
            signal: ["s.a", "s\"b", "=s"].randomElement(using: &random) ?? "s",
            id: maybe(&random), tenant: maybe(&random), component: maybe(&random), session: maybe(&random), user: maybe(&random),
            attributes: attributes)
    }

    /// Batches of very different events, of one kind of attribute, and with a hole in their offsets.
    private static func batches(_ random: inout Seeded) -> [EventBatch] {
        var batches: [EventBatch] = []
        for size in [1, 2, 70, 400] {
            var builder = BatchBuilder()
            for _ in 0..<size { builder.append(event(&random)) }
            var batch = builder.finish()
            batch.firstOffset = Offset(UInt64.random(in: 0...10_000_000_000, using: &random))
            batches.append(batch)
            batch.observed = (0..<batch.rowCount).map { batch.times[$0 / 3 * 3] }
            batches.append(batch)
            var keep = Bitmap(count: batch.rowCount)
            for row in 0..<batch.rowCount { keep[row] = Int.random(in: 0..<3, using: &random) > 0 }
            batches.append(batch.filtered(keep: keep))
        }
        return batches
    }

    @Test(arguments: 0..<20) func `columns are printed as their events are`(seed: UInt64) {
        var random = Seeded(state: seed + 1)
        let (lines, rows) = (BatchPrinter(.ndjson), BatchPrinter(.csv))
        for batch in Self.batches(&random) {
            var printer = EventPrinter()
            var csv = ""
            batch.forEachEvent { offset, event in
                printer.print(event, offset: offset)
                csv += EventCSV.line(event, offset)
            }
            lines.print(batch)
            rows.print(batch)
            #expect(String(decoding: lines.take(), as: UTF8.self) == String(decoding: printer.bytes, as: UTF8.self))
            #expect(rows.take() == Array(csv.utf8))
        }
        #expect(lines.take().isEmpty)
    }

    @Test(arguments: 0...9) func `every short decimal is printed as its double is described`(scale: Int) {
        let mantissas = (-2_000...2_000).flatMap { [Int32($0), Int32($0) * 1_000, Int32($0) * 1_073_741] } + [.min, .max]
        var builder = BatchBuilder()
        for mantissa in mantissas {
            let value = Double(mantissa) / decimalPowers[scale]
            builder.append(Event(time: Timestamp(nanoseconds: 0), signal: "s", attributes: [Attribute("v", .double(value))]))
        }
        var batch = builder.finish()
        batch.columns = batch.columns.map { column in
            Column(
                key: column.key, presence: column.presence, valueStarts: column.valueStarts,
                values: .decimal(mantissas: mantissas, scale: scale))
        }
        let lines = BatchPrinter(.ndjson)
        lines.print(batch)
        var printer = EventPrinter()
        batch.forEachEvent { printer.print($1, offset: $0) }
        #expect(lines.take() == printer.bytes)
    }
}
