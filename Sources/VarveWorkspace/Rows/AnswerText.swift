internal import VarveEvents
public import VarveProjections
public import VarveViews
internal import VarveWire

/// The rows of an answer as text, shared by commands and HTTP.
public struct AnswerText: Sendable {
    let columns: [String]
    let rows: [ViewRow]
    /// The sums that left out values in any of the rows.
    private let sumsLeftOut: [String]
    private let zone: BucketZone

    public init(_ answer: ViewAnswer) { self.init(answer.columns.map(\.name), answer.rows, answer.zone) }

    public init(_ answer: QueryAnswer) { self.init(answer.request.columns, answer.rows, .utc) }

    init(_ columns: [String], _ rows: [ViewRow], _ zone: BucketZone) {
        self.columns = columns
        self.rows = rows
        self.zone = zone
        sumsLeftOut = rows.lazy.flatMap(\.leftOut).reduce(into: []) { names, count in
            if !names.contains(count.name) { names.append(count.name) }
        }
    }

    /// The columns with the number of values that sums left out. There are none if no row left out anything, so that rows keep
    /// their usual columns.
    public var leftOutColumns: [String] { sumsLeftOut.map { $0 + ViewRow.leftOutSuffix } }

    /// Those columns of `row`.
    public func leftOut(_ row: ViewRow) -> [Int64] {
        sumsLeftOut.map { name in row.leftOut.first { $0.name == name }?.count ?? 0 }
    }

    /// One flat JSON object per row, without newlines.
    public var objects: some Sequence<String> {
        rows.lazy.map { [self] row in
            var writer = JSONWriter()
            writer.raw("{")
            var isFirst = true
            func begin(_ name: String) {
                if !isFirst { writer.raw(",") }
                isFirst = false
                writer.string(name)
                writer.raw(":")
            }
            if let time = row.time {
                begin("time")
                writer.string(zone.text(time))
            }
            for value in row.values {
                begin(value.name)
                writer.raw(value.value.json)
            }
            for (name, count) in zip(leftOutColumns, leftOut(row)) {
                begin(name)
                writer.raw("\(count)")
            }
            writer.raw("}")
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// One JSON array, one object per line.
    public var json: String {
        var text = "["
        var isFirst = true
        for object in objects {
            text += (isFirst ? "\n" : ",\n") + object
            isFirst = false
        }
        return text + (isFirst ? "" : "\n") + "]\n"
    }

    /// NDJSON.
    public var lines: String { objects.reduce(into: "") { $0 += $1 + "\n" } }

    /// RFC 4180, one line at a time, the header first. A text that a spreadsheet would treat as a formula is prefixed with an
    /// apostrophe.
    public var csvLines: AnyIterator<String> {
        var next = -1
        return AnyIterator {
            defer { next += 1 }
            if next < 0 { return (columns + leftOutColumns).joined(separator: ",") + "\r\n" }
            return next < rows.count ? csvLine(rows[next]) : nil
        }
    }

    /// The CSV as one string.
    public var csv: String { csvLines.reduce(into: "") { $0 += $1 } }

    private func csvLine(_ row: ViewRow) -> String {
        let time = row.time.map { [zone.text($0)] } ?? []
        let fields = row.values.map { value in
            switch value.value {
            case .string(let text): CSVField.safe(text)
            case .top: CSVField.safe(value.value.text ?? "")
            default: value.value.text ?? ""
            }
        }
        return (time + fields + leftOut(row).map { "\($0)" }).joined(separator: ",") + "\r\n"
    }
}

extension ViewValue {
    /// As JSON text.
    public var json: String {
        var writer = JSONWriter()
        switch self {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .double(let number): writer.double(number)
        case .decimal(let micros): return ViewValue.decimalText(micros)
        case .string(let text): writer.string(text)
        case .time(let time): writer.string(RFC3339.text(time))
        case .top(let entries):
            return "[" + entries.map { "[\($0.value.json),\($0.count)]" }.joined(separator: ",") + "]"
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
