extension QueryRequest {
    /// The rows of its view's state, with the requested columns. An ungrouped answer has one row even if no event matches.
    public func rows(_ rows: [ViewRow]) -> [ViewRow] {
        let dimensions = self.dimensions
        let shown = shownMeasures
        if rows.isEmpty, dimensions.isEmpty, bucket == .all {
            return [ViewRow(time: nil, values: shown.map { NamedValue($0.column, $0.ofNothing) }, isOther: false)]
        }
        return rows.map { row in
            let measured = row.values.dropFirst(dimensions.count)
            var values = Array(row.values.prefix(dimensions.count))
            for measure in shown {
                let column = measure.column
                values.append(measured.first { $0.name == column } ?? NamedValue(column, .null))
            }
            // Under the name of a column that lacks them: the sum, or the mean made of it.
            let leftOut = row.leftOut.compactMap { count in
                shown.first { $0.isMade(ofSum: count.name) }.map { NamedCount($0.column, count.count) }
            }
            return ViewRow(time: row.time, values: values, isOther: row.isOther, leftOut: leftOut)
        }
    }
}

extension QueryMeasure {
    fileprivate func isMade(ofSum name: String) -> Bool {
        (kind == .sum || kind == .average) && QueryMeasure(.sum, of: field).column == name
    }

    fileprivate var ofNothing: ViewValue {
        switch kind {
        case .count, .distinct: .int(0)
        case .sum, .average, .min, .max, .quantile: .null
        }
    }
}
