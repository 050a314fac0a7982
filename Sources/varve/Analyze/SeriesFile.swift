import VarveAnalysis
import VarveEvents
import VarveWire

/// Two columns of a CSV file as a series: RFC 4180, the first line has the column names. Decompressed if its name ends in
/// `.gz`.
struct SeriesFile {
    /// The maximum size of the text, in bytes.
    private static let limit = 1 << 30

    let path: String
    let time: String
    let value: String

    /// All rows, in file order. A row without a number in the value column is a point without a value.
    func read() throws -> [SeriesPoint] {
        var lines = CSVLines(try bytes())
        guard let header = lines.next() else { throw failure("the file is empty", line: 1) }
        guard let timeColumn = header.firstIndex(of: time), let valueColumn = header.firstIndex(of: value) else {
            let missing = header.contains(time) ? value : time
            throw CommandFailure(
                .usage, "there is no column '\(missing)'", place: path, next: "it has: \(header.joined(separator: ", "))")
        }
        var clock = TypedTime()
        var points: [SeriesPoint] = []
        var backwards = 0
        while let fields = lines.next() {
            if fields == [""] { continue }
            guard fields.count > max(timeColumn, valueColumn) else {
                throw failure("the line has only \(fields.count) fields", line: lines.line)
            }
            guard let moment = clock.parse(fields[timeColumn]) else {
                throw failure("'\(fields[timeColumn])' is not a time", line: lines.line)
            }
            if let last = points.last, moment < last.time { backwards += 1 }
            points.append(SeriesPoint(time: moment, value: Double(fields[valueColumn])))
        }
        if backwards > 0 {
            Output.error("note: \(backwards) rows are earlier than the row before; their order was kept\n")
        }
        return points
    }

    private func failure(_ what: String, line: Int) -> CommandFailure {
        CommandFailure(.failure, what, place: "\(path):\(line)")
    }

    private func bytes() throws -> [UInt8] {
        let source = try InputSource.open(path)
        var bytes: [UInt8] = []
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { room.deallocate() }
        while case .bytes(let count) = try source.read(into: room) {
            bytes.append(contentsOf: room[..<count])
            guard bytes.count <= Self.limit else { throw failure("more than 1 GiB", line: 1) }
        }
        return bytes
    }
}

/// Parses the times of one column: the format that matched last is tried first.
private struct TypedTime {
    /// Suffixes to complete a date or a date-time without seconds or zone.
    private static let rests = ["", "Z", ":00Z", "T00:00:00Z"]
    private var usual = 0

    mutating func parse(_ text: String) -> Timestamp? {
        for index in [usual] + Array(Self.rests.indices) {
            var whole = text + Self.rests[index]
            if let nanoseconds = whole.withUTF8({ RFC3339.parse(UnsafeRawBufferPointer($0)) }) {
                usual = index
                return Timestamp(nanoseconds: nanoseconds)
            }
        }
        return TimeArgument(argument: text)?.timestamp
    }
}

/// The records of a CSV text.
private struct CSVLines {
    private let bytes: [UInt8]
    private var index: Int
    /// The line in which the latest record begins, from 1.
    private(set) var line = 0
    private var nextLine = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The fields of the next record; nil at the end.
    mutating func next() -> [String]? {
        guard index < bytes.count else { return nil }
        line = nextLine
        var fields: [String] = []
        while true {
            fields.append(field())
            guard index < bytes.count else { return fields }
            let separator = bytes[index]
            index += 1
            if separator == UInt8(ascii: ",") {
                if index == bytes.count { return fields + [""] }
                continue
            }
            nextLine += 1
            return fields
        }
    }

    /// The field that begins at `index`; advances it to the comma or line end after the field.
    private mutating func field() -> String {
        var text: [UInt8] = []
        var isQuoted = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let isDoubled = isQuoted && index + 1 < bytes.count && bytes[index + 1] == byte
                if isDoubled {
                    text.append(byte)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
                break
            } else {
                if byte == UInt8(ascii: "\n") { nextLine += 1 }
                text.append(byte)
            }
            index += 1
        }
        while let last = text.last, last == 0x0D || last == 0x20 { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
