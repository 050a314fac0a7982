internal import VarveEvents
internal import VarveSettings

/// CSV records to rows by a mapping. The first record is the header.
struct CSVDecoder: ~Copyable {
    private let mapping: CSVMapping
    private var now: Timestamp
    private var record = CSVRecord()
    /// Nil before the header.
    private var row: CSVRow?
    private(set) var headerProblem: SettingsError?
    private var unnamed: [String] = []
    private var records = 0

    init(_ mapping: CSVMapping, now: Timestamp) {
        self.mapping = mapping
        self.now = now
    }

    mutating func set(now: Timestamp) {
        self.now = now
        row?.clock.set(now: now)
    }

    var unnamedColumns: [String: Int] {
        Dictionary(unnamed.prefix(WireLimits.notedNames).map { ($0, records) }, uniquingKeysWith: max)
    }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        while used < count {
            let scan = record.scan(bytes, from: used, count: count, isLast: isLast)
            let line = place.lines + 1
            let offset = place.bytes
            let text: UnsafeRawBufferPointer
            var problem: Problem?
            switch scan {
            case .incomplete: return used
            case .broken(let end, let next):
                text = UnsafeRawBufferPointer(start: bytes + used, count: end - used)
                problem = Problem(
                    .syntax, "the line is no CSV: a quote is not closed, or something follows a closing quote",
                    hint: "a quote inside a field is written twice")
                place.advance(lines: 1, bytes: next - used)
                used = next
            case .record(let end, let next, let lines):
                text = UnsafeRawBufferPointer(start: bytes + used, count: end - used)
                place.advance(lines: lines, bytes: next - used)
                used = next
            }
            assembler.cover(lines: place.lines, bytes: place.bytes)
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            if problem == nil { problem = read(bytes, text, line, offset, &assembler) }
            if let problem { assembler.reject(Rejection(problem, text, line: line, offset: offset)) }
        }
        return used
    }

    private mutating func read(
        _ bytes: UnsafeMutablePointer<UInt8>, _ text: UnsafeRawBufferPointer, _ line: Int, _ offset: UInt64,
        _ assembler: inout BlockAssembler
    ) -> Problem? {
        if let problem = textProblem(text) { return problem }
        guard text.count <= WireLimits.lineBytes else {
            return Problem(.lineTooLong, "the record has \(text.count) bytes, \(WireLimits.lineBytes) are allowed")
        }
        if let headerProblem { return Problem(.badHeader, headerProblem.message) }
        guard row != nil else {
            readHeader(bytes)
            return nil
        }
        records += 1
        for _ in 0..<2 {
            if let problem = row!.read(bytes, record.fields, &assembler) { return problem }
            if assembler.rowFits {
                assembler.endRow(line: line, observed: nil, record: text, offset: offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }

    private mutating func readHeader(_ bytes: UnsafeMutablePointer<UInt8>) {
        let store = ByteStore()
        let names = record.fields.map { String(decoding: $0.text(bytes, store), as: UTF8.self) }
        do throws(SettingsError) {
            row = try CSVRow(mapping, header: names, now: now)
        } catch {
            headerProblem = error
        }
        let used = Set(mapping.columns)
        unnamed = names.filter { !used.contains($0) }
    }
}
