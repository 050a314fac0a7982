internal import Foundation
internal import VarveEvents

/// Decodes lines of a format with fields to rows: a reader finds the fields, a mapping converts them.
struct LineDecoder: ~Copyable {
    private var reader: any FieldReader
    private var writer: FieldRowWriter
    private var record: FieldRecord
    private var padding = NULPadding()
    private let format: InputFormat

    init(_ reader: any FieldReader, _ rules: FieldRules, _ options: DecodeOptions) {
        self.reader = reader
        format = options.format
        writer = FieldRowWriter(rules, options: options, keepsRest: rules.rest != .drop)
        record = FieldRecord(names: rules.fields, keepsRest: rules.rest != .drop, dropped: rules.dropped)
    }

    mutating func set(now: Timestamp) { writer.set(now: now) }

    var leftOut: [String: Int] { record.leftOut.merging(writer.leftOut, uniquingKeysWith: +) }

    var paddingBytes: UInt64 { padding.bytes }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        while used < count {
            let frame = format == .syslog ? SyslogFrame.end(bytes, from: used, count: count, isLast: isLast) : .line
            if frame == .needsMore { return used }
            let newline = memchr(bytes + used, 0x0A, count - used).map { $0 - UnsafeMutableRawPointer(bytes) }
            guard let end = frame.place ?? newline ?? (isLast ? count : nil) else { return used }
            let line = padding.strip(UnsafeRawBufferPointer(start: bytes + used, count: end - used))
            let offset = place.bytes + UInt64(padding.front)
            // The next byte is no newline where the message's length said where it ends.
            let hasNewline = end < count && bytes[end] == 0x0A
            place.advance(lines: 1, bytes: end - used + (hasNewline ? 1 : 0))
            used = hasNewline ? end + 1 : end
            assembler.cover(lines: place.lines, bytes: place.bytes)
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            if let problem = read(line, isTail: newline == nil && frame == .line, place.lines, offset, &assembler) {
                assembler.reject(Rejection(problem, line, line: place.lines, offset: offset))
            }
        }
        return used
    }

    private mutating func read(
        _ line: UnsafeRawBufferPointer, isTail: Bool, _ number: Int, _ offset: UInt64, _ assembler: inout BlockAssembler
    ) -> Problem? {
        guard line.count <= WireLimits.lineBytes else {
            return Problem(.lineTooLong, "the line has \(line.count) bytes, \(WireLimits.lineBytes) are allowed")
        }
        if let problem = textProblem(line) { return problem }
        record.removeAll()
        switch reader.read(line, isTail: isTail, into: &record) {
        case .nothing: return nil
        case .refused(var problem):
            if problem.reason == .syntax { problem.hint = problem.hint ?? FormatGuess.hint(line, readAs: format) }
            return problem
        case .fields: break
        }
        for _ in 0..<2 {
            if let problem = writer.write(record, &assembler) { return problem }
            if assembler.rowFits {
                assembler.endRow(line: number, observed: nil, record: line, offset: offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }
}
