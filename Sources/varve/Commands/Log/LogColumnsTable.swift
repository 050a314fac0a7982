import VarveLog
import VarveWire

/// The output of `varve log info --columns`.
enum LogColumnsTable {
    static func print(_ log: LogColumns, json: Bool) throws {
        if json {
            for column in log.columns { try Output.standard.line(jsonText(column)) }
            return
        }
        var table = Table(
            ["column", "values", "bytes", "bits a value", "entropy", "distinct"],
            numbers: ["values", "bytes", "bits a value", "entropy", "distinct"])
        for column in log.columns {
            let bits = column.values == 0 ? 0 : Double(column.storedBytes) * 8 / Double(column.values)
            table.add([
                column.name, column.values.grouped, column.storedBytes.grouped, bits.fixed(2),
                column.entropyBits.map { $0.fixed(2) } ?? "", column.distinct == 0 ? "" : column.distinct.grouped,
            ])
        }
        try Output.standard.write(table.text())
        try Output.standard.line(
            "headers and directories of \(log.frames.grouped) frames: \(log.frameOverhead.byteSize); "
                + "\(log.events.grouped) events")
    }

    private static func jsonText(_ column: ColumnReport) -> String {
        var line = JSONLine()
        line.field("column", column.name)
        line.field("values", column.values)
        line.field("bytes", column.storedBytes)
        line.field("raw_bytes", column.rawBytes)
        line.field("distinct", column.distinct)
        line.field("entropy_bits", column.entropyBits)
        return line.text
    }
}
