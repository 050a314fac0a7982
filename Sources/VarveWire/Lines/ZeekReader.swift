internal import VarveEvents

/// Zeek's logs: its tab-separated format, in which `#fields` and `#types` describe the columns, or its JSON.
///
/// `#path` becomes the field `_path`. Unset fields are absent; sets and vectors are JSON lists.
struct ZeekReader: FieldReader {
    private var json = JSONFieldReader()
    private var separator: UInt8 = 0x09
    private var setSeparator: UInt8 = 0x2C
    private var unset = Array("-".utf8)
    private var empty = Array("(empty)".utf8)
    private var path: [UInt8] = []
    private var names: [[UInt8]] = []
    private var types: [[UInt8]] = []

    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        if line.first == 0x7B { return json.read(line, isTail: isTail, into: &record) }
        let text = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
        if text.first == 0x23 {
            readHeader(text)
            return .nothing
        }
        guard !names.isEmpty else {
            return .refused(Problem(.badHeader, "no line #fields stands before this one", hint: "Zeek's logs name their fields"))
        }
        let columns = text.split(separator: separator, maxSplits: names.count, omittingEmptySubsequences: false)
        guard columns.count == names.count else {
            let count = text.count { $0 == separator } + 1
            return .refused(Problem(.columnCount, "the line has \(count) fields, #fields names \(names.count)"))
        }
        if !path.isEmpty { record.set("_path", .text(record.arena.keep(path))) }
        for (column, slice) in columns.enumerated() {
            let value = value(UnsafeRawBufferPointer(rebasing: slice), column < types.count ? types[column] : [], record.arena)
            record.set(record.arena.keep(names[column]), value)
        }
        return .fields
    }

    private mutating func readHeader(_ line: UnsafeRawBufferPointer) {
        let words = line.split(maxSplits: WireLimits.csvColumns + 1) { $0 == separator || $0 == 0x20 }.map { Array($0) }
        guard let key = words.first, words.count > 1 else { return }
        switch String(decoding: key, as: UTF8.self) {
        case "#separator":
            // `\x09`
            let text = String(decoding: words[1], as: UTF8.self)
            if text.hasPrefix("\\x"), let byte = UInt8(text.dropFirst(2), radix: 16) { separator = byte }
        case "#set_separator": setSeparator = words[1].first ?? setSeparator
        case "#unset_field": unset = words[1]
        case "#empty_field": empty = words[1]
        case "#path": path = words[1]
        case "#fields": names = Array(words.dropFirst().prefix(WireLimits.csvColumns))
        case "#types": types = Array(words.dropFirst().prefix(WireLimits.csvColumns))
        default: break
        }
    }

    private func value(_ text: UnsafeRawBufferPointer, _ type: [UInt8], _ arena: TextArena) -> FieldValue {
        if text.elementsEqual(unset) { return .absent }
        switch String(decoding: type, as: UTF8.self) {
        case "bool": return .bool(text.first == UInt8(ascii: "T"))
        case "count", "int", "port", "double", "interval", "time": return PlainValue.read(text)
        case let name where name.hasPrefix("set[") || name.hasPrefix("vector["):
            var list = JSONWriter()
            list.raw("[")
            if !text.elementsEqual(empty) {
                // Of more than that the list is longer than a value may be.
                let items = text.split(separator: setSeparator, maxSplits: EventLimits.stringBytes)
                for (index, item) in items.enumerated() {
                    if index > 0 { list.raw(",") }
                    list.string(utf8: UnsafeRawBufferPointer(rebasing: item))
                }
            }
            list.raw("]")
            return .json(arena.keep(list.bytes))
        default: return text.elementsEqual(empty) ? .absent : .text(text)
        }
    }
}
