/// JSON that need not be lines, cut into one object per line: an array of objects, or objects in any layout. Input that is lines
/// already passes unchanged. The layout is decided once, by the first bytes.
///
/// Bytes may arrive in any portions. Memory: the output, and until the decision at most `headMax` bytes.
public struct JSONRecords: Sendable {
    /// What is cut.
    public enum Rule: Sendable {
        /// Everything: the input is declared to be a JSON document.
        case always
        /// Whatever begins with a bracket, and an object over several lines.
        case anyList
        /// A list of objects, and an object over several lines. Lines of text may begin with a bracket.
        case listOfObjects
    }

    /// Whether the input is lines, so that later bytes need not be fed.
    public private(set) var passes = false
    /// Whether the input is cut, so that a line of the output is a record.
    public var isCut: Bool { cutter != nil }
    /// Whether the input is an array whose closing bracket has not come.
    public var isOpen: Bool { cutter?.isOpen ?? false }
    private let rule: Rule
    private var head: [UInt8] = []
    private var cutter: JSONObjectLines?
    private static let headMax = 64 << 10

    public init(_ rule: Rule) {
        self.rule = rule
        if rule == .always { cutter = JSONObjectLines() }
    }

    /// Appends the lines of `bytes` to `out`.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
        if passes {
            out += bytes
        } else if cutter != nil {
            cutter?.feed(bytes, into: &out)
        } else {
            head += bytes
            decide(isLast: head.count >= Self.headMax, into: &out)
        }
    }

    /// Ends the input.
    public mutating func finish(into out: inout [UInt8]) {
        if !passes, cutter == nil { decide(isLast: true, into: &out) }
    }

    private mutating func decide(isLast: Bool, into out: inout [UInt8]) {
        let decided = head.withUnsafeBytes { Self.isDocument($0, rule, isLast: isLast) }
        guard let isDocument = decided else { return }
        let all = head
        head = []
        if isDocument {
            var lines = JSONObjectLines()
            all.withUnsafeBytes { lines.feed($0.withoutMark, into: &out) }
            cutter = lines
        } else {
            passes = true
            out += all
        }
    }

    /// Whether the input that begins like this must be cut; nil if more of it is needed to tell.
    private static func isDocument(_ bytes: UnsafeRawBufferPointer, _ rule: Rule, isLast: Bool) -> Bool? {
        let undecided: Bool? = isLast ? false : nil
        if bytes.count < TextEncoding.mark.count, TextEncoding.mark.starts(with: bytes) { return undecided }
        let bytes = bytes.withoutMark
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return undecided }
        switch bytes[first] {
        case UInt8(ascii: "["):
            if rule == .anyList { return true }
            guard let next = bytes[(first + 1)...].first(where: { $0 > 0x20 }) else { return undecided }
            return next == UInt8(ascii: "{") || next == UInt8(ascii: "]")
        case UInt8(ascii: "{"): return isSpread(UnsafeRawBufferPointer(rebasing: bytes[first...])) ?? undecided
        default: return false
        }
    }

    /// Whether an object goes on after the end of its first line, or another begins on that line. A line that was cut off goes on
    /// too, but what follows it is not what may stand there.
    private static func isSpread(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        var open: [UInt8] = []
        var before: UInt8 = 0
        var isInString = false
        var isBehindLine = false
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if isInString {
                if byte == 0x0A { return false }
                if byte == UInt8(ascii: "\\") { at += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
                continue
            }
            if byte == 0x0A {
                if open.isEmpty { return false }
                isBehindLine = true
            }
            guard byte > 0x20 else { continue }
            if open.isEmpty, before != 0 { return byte == UInt8(ascii: "{") || byte == UInt8(ascii: ",") }
            if isBehindLine { return mayFollow(before, byte, isInObject: open.last == UInt8(ascii: "{")) }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(byte)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
            default: break
            }
            before = byte
        }
        return nil
    }

    private static func mayFollow(_ before: UInt8, _ byte: UInt8, isInObject: Bool) -> Bool {
        switch before {
        case UInt8(ascii: "{"): byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}")
        case UInt8(ascii: ","): isInObject ? byte == UInt8(ascii: "\"") : byte != UInt8(ascii: "{")
        case UInt8(ascii: "["), UInt8(ascii: ":"): byte != UInt8(ascii: "{")
        default: byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        }
    }
}
