internal import VarveEvents
internal import VarveProjections
internal import VarveViews

extension AnswerText {
    /// The rows as a Parquet file: `time` and the columns by their types. Sums are doubles; lists are text, as in CSV.
    public var parquet: [UInt8] {
        let hasTime = rows.contains { $0.time != nil }
        let names = rows.first?.values.map(\.name) ?? columns.filter { $0 != "time" }
        let kinds = names.indices.map { index in Self.kind(rows.lazy.map { $0.values[index].value }) }
        var file = ParquetFile(
            (hasTime ? [ParquetColumn("time", .time)] : []) + zip(names, kinds).map { ParquetColumn($0, $1) })
        let first = hasTime ? 1 : 0
        for row in rows {
            if hasTime {
                if let time = row.time { file.columns[0].int64(time.nanoseconds) } else { file.columns[0].null() }
            }
            for (index, value) in row.values.enumerated() where index < names.count {
                Self.put(value.value, into: &file.columns[first + index])
            }
            file.endRow()
        }
        return file.finish()
    }

    private static func kind(_ values: some Sequence<ViewValue>) -> ParquetColumn.Kind {
        var found: ParquetColumn.Kind?
        for value in values {
            let kind: ParquetColumn.Kind? =
                switch value {
                case .null: nil
                case .bool: .bool
                case .int: .int64
                case .double, .decimal: .double
                case .string, .top: .text
                case .time: .time
                }
            guard let kind, kind != found else { continue }
            if let known = found { found = Set([known, kind]) == [.int64, .double] ? .double : .text } else { found = kind }
        }
        return found ?? .text
    }

    private static func put(_ value: ViewValue, into column: inout ParquetColumn) {
        switch (value, column.kind) {
        case (.null, _): column.null()
        case (.bool(let flag), .bool): column.bool(flag)
        case (.int(let number), .int64): column.int64(number)
        case (.int(let number), .double): column.double(Double(number))
        case (.double(let number), .double): column.double(number)
        case (.decimal(let micros), .double): column.double(Double(micros) / 1_000_000)
        case (.time(let time), .time): column.int64(time.nanoseconds)
        case (.string(let text), .text): column.text(text)
        case (_, .text): column.text(value.text ?? "")
        default: column.null()
        }
    }
}
