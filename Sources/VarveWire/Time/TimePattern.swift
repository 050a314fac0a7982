/// Times in a declared format, in `strptime` syntax:
///
///     %Y year   %y two-digit year   %m month   %d day   %e day, blank-padded   %j day of the year
///     %b %B %h  name of the month         %a %A name of the weekday, not checked
///     %H hour   %I hour of twelve   %p AM or PM   %M minute   %S second, optionally with a fraction   %f digits of a fraction
///     %s %Q     seconds, milliseconds since 1970     %z +0200, +02:00 or Z     %Z UTC, GMT or Z
///     %F %T %R %D   %Y-%m-%d, %H:%M:%S, %H:%M, %m/%d/%y     %n %t and a blank   any white space     %%
///
/// The order of day and month is therefore declared and never guessed. Names are English. If the year is missing, it is the
/// latest one in which the time is not in the future.
struct TimePattern: Hashable, Sendable {
    struct Fault: Error {
        var message: String
    }

    let text: String
    private let pieces: [Piece]

    private enum Piece: Hashable {
        case literal(UInt8)
        case space
        case directive(UInt8)
    }

    init(_ text: String) throws(Fault) {
        self.text = text
        guard text.utf8.count <= 256 else { throw Fault(message: "a format has at most 256 characters") }
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                pieces.append(byte == 0x20 ? .space : .literal(byte))
                continue
            }
            guard let letter = rest.popFirst() else { throw Fault(message: "a format does not end in %") }
            switch letter {
            case UInt8(ascii: "F"): pieces += Self.expand("Y-m-d")
            case UInt8(ascii: "T"): pieces += Self.expand("H:M:S")
            case UInt8(ascii: "R"): pieces += Self.expand("H:M")
            case UInt8(ascii: "D"): pieces += Self.expand("m/d/y")
            case UInt8(ascii: "n"), UInt8(ascii: "t"): pieces.append(.space)
            case 0x25: pieces.append(.literal(0x25))
            default:
                guard "YymdejbBhaAHIpMSfsQzZ".utf8.contains(letter) else {
                    let shown = Character(Unicode.Scalar(letter))
                    throw Fault(message: "%\(shown) is not known; the letters are YymdejbhaHIpMSfsQzZ and FTRD")
                }
                pieces.append(.directive(letter))
            }
        }
        self.pieces = pieces
        try checkDate()
    }

    private func has(_ letters: String) -> Bool {
        letters.utf8.contains { pieces.contains(.directive($0)) }
    }

    private func checkDate() throws(Fault) {
        if has("sQ") { return }
        guard has("j") || has("de") && has("mbBh") else {
            throw Fault(message: "the format lacks the day or the month: %d and %m, or %s for seconds since 1970")
        }
    }

    private static func expand(_ letters: String) -> [Piece] {
        letters.utf8.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A ? .directive($0) : .literal($0) }
    }

    enum Reading: Hashable {
        case moment(Int64)
        case noZone
        case notATime
    }

    /// All of `text` in nanoseconds since 1970. Without a zone it is in `zone`; without a year it is the latest time before
    /// `latest`.
    func read(_ text: UnsafeRawBufferPointer, zone: TimeZoneRule?, latest: Int64) -> Reading {
        guard text.count <= 256 else { return .notATime }
        var parts = TimeParts()
        var at = 0
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let byte):
                guard at < text.count, text[at] == byte else { return .notATime }
                at += 1
            case .space:
                // `%e` may begin with a blank.
                while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
            case .directive(let letter):
                let next = index + 1 < pieces.count ? pieces[index + 1] : nil
                let isFractionOwn = next == .literal(0x2E) || next == .literal(0x2C)
                guard parts.read(letter, text, &at, takesFraction: !isFractionOwn) else { return .notATime }
            }
        }
        while at < text.count, text[at] == 0x20 || text[at] == 0x0D { at += 1 }
        guard at == text.count else { return .notATime }
        return parts.moment(zone: zone, latest: latest)
    }
}
