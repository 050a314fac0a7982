/// Adds a run of rows to the sketches of its cells: bucket names are sorted by code as they are found, giving one segment of
/// the log per code.
extension QuantileColumn {
    /// The hot loop: decimals, whose bucket names are in a table by mantissa. Per row one code, one mantissa, one lookup and
    /// one store; minimum and maximum are collected per code.
    func add(
        decimals numbers: DecimalNumbers, _ windows: DecimalWindows, _ codes: some RowCodes, _ range: Range<Int>,
        _ tables: CodeTables, _ found: Int, _ scratch: FoldScratch
    ) {
        let out = scratch.names(range.count)
        let (lows, highs, offsets) = (tables.lows, tables.highs, tables.offsets)
        place(tables, found)
        for index in 0..<found {
            let code = Int(tables.touched[index])
            lows[code] = .max
            highs[code] = .min
        }
        let mantissas = numbers.base
        windows.names.withUnsafeBufferPointer { names in
            guard let names = names.baseAddress else { return }
            for row in range {
                let code = codes[row]
                let mantissa = mantissas[row]
                lows[code] = min(lows[code], mantissa)
                highs[code] = max(highs[code], mantissa)
                let offset = offsets[code]
                offsets[code] = offset &+ 1
                if UInt32(bitPattern: mantissa) < UInt32(DecimalWindows.size) {
                    out[Int(offset)] = names[Int(mantissa)]
                } else {
                    out[Int(offset)] = SketchCode.window(SketchCode.code(of: numbers[row])) ?? DecimalWindows.outside
                }
            }
        }
        addOutside(numbers, codes, range, tables, found, out)
        append(tables, found, out, range.count)
        summaries.withUnsafeMutableBufferPointer { summaries in
            for index in 0..<found {
                let code = Int(tables.touched[index])
                summaries[Int(tables.cells[code])].include(
                    count: Int64(tables.counts[code]), min: Double(lows[code]) / numbers.power,
                    max: Double(highs[code]) / numbers.power)
            }
        }
    }

    /// Numbers in any representation.
    func add(
        _ numbers: some RowNumbers, _ codes: some RowCodes, _ range: Range<Int>, _ tables: CodeTables, _ found: Int,
        _ scratch: FoldScratch
    ) {
        let out = scratch.names(range.count)
        place(tables, found)
        for row in range {
            let code = codes[row]
            let number = numbers[row]
            let offset = tables.offsets[code]
            tables.offsets[code] = offset &+ 1
            out[Int(offset)] = DecimalWindows.outside
            guard number.isFinite else { continue }
            include(Int(tables.cells[code]), count: 1, min: number, max: number)
            if let name = SketchCode.window(SketchCode.code(of: number)) { out[Int(offset)] = name }
        }
        addOutside(numbers, codes, range, tables, found, out)
        append(tables, found, out, range.count)
        addExact(numbers, codes, range, tables, found)
    }

    /// Integers that no double represents, if there may be any.
    private func addExact(
        _ numbers: some RowNumbers, _ codes: some RowCodes, _ range: Range<Int>, _ tables: CodeTables, _ found: Int
    ) {
        let isNeeded = (0..<found).contains { index in
            let summary = summaries[Int(tables.cells[Int(tables.touched[index])])]
            return summary.max >= ExactExtremes.first || summary.min <= -ExactExtremes.first
        }
        guard isNeeded else { return }
        for row in range where numbers[row].magnitude >= ExactExtremes.first {
            if let whole = numbers.whole(row) { exact.add(Int(tables.cells[codes[row]]), whole) }
        }
    }

    /// Assigns each code its place in the run's names.
    private func place(_ tables: CodeTables, _ found: Int) {
        var next: UInt32 = 0
        for index in 0..<found {
            let code = Int(tables.touched[index])
            tables.offsets[code] = next
            next &+= tables.counts[code]
        }
    }

    /// The numbers outside the window, if there are any, one by one.
    private func addOutside(
        _ numbers: some RowNumbers, _ codes: some RowCodes, _ range: Range<Int>, _ tables: CodeTables, _ found: Int,
        _ out: UnsafeMutablePointer<UInt16>
    ) {
        var greatest: UInt16 = 0
        for index in 0..<range.count { greatest = max(greatest, out[index]) }
        guard greatest == DecimalWindows.outside else { return }
        for row in range where numbers[row].isFinite {
            let code = SketchCode.code(of: numbers[row])
            if SketchCode.window(code) == nil { addBucket(Int(tables.cells[codes[row]]), code, 1) }
        }
    }

    private func append(_ tables: CodeTables, _ found: Int, _ names: UnsafePointer<UInt16>, _ count: Int) {
        var start = log.count
        log.append(contentsOf: UnsafeBufferPointer(start: names, count: count))
        segments += [Segment](unsafeUninitializedCapacity: found) { buffer, made in
            for index in 0..<found {
                let code = Int(tables.touched[index])
                buffer.initializeElement(
                    at: index, to: Segment(cell: tables.cells[code], start: start, count: Int(tables.counts[code])))
                start += Int(tables.counts[code])
            }
            made = found
        }
    }
}
