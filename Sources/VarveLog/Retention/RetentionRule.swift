// Rules that keep events beyond the life of their segments. The manifest stores a rule as text (docs/format/manifest.md).
//
//     config.*                                                                                  for good, or for so many days
//     tech_debt.* while-open by=debt_id opens=tech_debt.added status=status closed=resolved     until the thing is closed

internal import VarveBatchFormat
internal import VarveEvents

/// Signals whose events are kept longer than others.
public struct RetentionRule: Hashable, Sendable {
    /// A signal, or a pattern in which `*` stands for any text.
    public var signals: String
    /// How long they are kept, in nanoseconds by append time; `.max` means forever. It has no effect below the retention's own
    /// limit.
    public var limit: Int64
    /// If set, the events are kept while the thing they are about is open, and `limit` is ignored.
    public var whileOpen: OpenCondition?

    public init(signals: String, limit: Int64 = .max, whileOpen: OpenCondition? = nil) {
        self.signals = signals
        self.limit = limit
        self.whileOpen = whileOpen
    }
}

extension RetentionRule: CustomStringConvertible {
    private static let mark = "while-open"

    /// The text form in the manifest.
    var text: String {
        guard let thing = whileOpen else { return signals }
        var words = [signals, Self.mark, "by=" + thing.keys.joined(separator: ","), "opens=" + thing.opens]
        if let closes = thing.closes { words.append("closes=" + closes) }
        if let status = thing.status { words.append("status=" + status) }
        if !thing.closed.isEmpty { words.append("closed=" + thing.closed.joined(separator: ",")) }
        return words.joined(separator: " ")
    }

    public var description: String {
        if whileOpen != nil { return text }
        return limit == .max ? "\(signals) for good" : "\(signals) for \(limit / 86_400_000_000_000) days"
    }

    init(text: String, limit: Int64) throws {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        self.init(signals: words[0], limit: limit)
        guard words.count > 1 else { return }
        var named: [String: String] = [:]
        for word in words.dropFirst(2) {
            guard let equals = word.firstIndex(of: "=") else { throw Self.unknown(text) }
            named[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        let known: Set = ["by", "opens", "closes", "status", "closed"]
        guard words[1] == Self.mark, let keys = named["by"], let opens = named["opens"], known.isSuperset(of: named.keys) else {
            throw Self.unknown(text)
        }
        whileOpen = OpenCondition(
            keys: keys.split(separator: ",").map(String.init), opens: opens, closes: named["closes"], status: named["status"],
            closed: (named["closed"] ?? "").split(separator: ",").map(String.init))
    }

    private static func unknown(_ text: String) -> FormatError {
        FormatError(.newerVersion, "the manifest has a rule this program does not know: \(text)")
    }

    /// Why the rule is invalid; nil when it is valid.
    var objection: String? {
        var texts = [signals]
        if let thing = whileOpen {
            texts += thing.keys + [thing.opens] + [thing.closes, thing.status].compactMap { $0 } + thing.closed
            if thing.keys.isEmpty { return "a while-open rule needs the attributes that identify what is open" }
            if thing.closes == nil, thing.status == nil || thing.closed.isEmpty {
                return "a while-open rule needs a closing signal, or a status attribute and its closed values"
            }
        } else if limit <= 0 {
            return "a rule must keep events for a positive time"
        }
        let forbidden: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "="), 0x7F]
        let isRight = texts.allSatisfy { text in
            (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && !forbidden.contains($0) }
        }
        return isRight ? nil : "names and patterns have 1 to 128 bytes, and no spaces, commas, or ="
    }
}
