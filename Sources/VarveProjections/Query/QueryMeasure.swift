internal import VarveEvents

/// One measure of an ad hoc query.
public struct QueryMeasure: Hashable, Sendable {
    /// In the order of an answer's columns.
    public enum Kind: Hashable, Sendable {
        case count, sum, average, min, max
        /// The value of rank ⌈Q·count⌉, Q in millionths.
        case quantile(millionths: Int)
        case distinct

        /// The prefix of its column's name.
        var word: String {
            switch self {
            case .count: "count"
            case .sum: "sum"
            case .average: "avg"
            case .min: "min"
            case .max: "max"
            case .quantile(let millionths): "p" + QueryMeasure.percent(millionths)
            case .distinct: "distinct"
            }
        }

        var rank: Int {
            switch self {
            case .count: 0
            case .sum: 1
            case .average: 2
            case .min: 3
            case .max: 4
            case .quantile: 5
            case .distinct: 6
            }
        }
    }

    public var kind: Kind
    /// The field as typed; empty for a count. For distinct values it may be several, separated by commas: their combinations
    /// are counted.
    public var field: String

    /// The most fields whose combinations are counted.
    static let fieldsMax = 8

    /// Its fields, as typed.
    public var fields: [String] {
        kind == .distinct ? field.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [field]
    }

    public init(_ kind: Kind, of field: String) {
        self.kind = kind
        self.field = field
    }

    public static let count = QueryMeasure(.count, of: "")

    /// Parses `0.999:duration_ms` or `99.9:duration_ms`: up to 1 a fraction, above it a percentage. Nil otherwise.
    public init?(quantile text: String) {
        guard let colon = text.firstIndex(of: ":"), let number = Double(text[..<colon]), number > 0, number <= 100 else {
            return nil
        }
        let field = String(text[text.index(after: colon)...])
        let millionths = Int((number <= 1 ? number * 1_000_000 : number * 10_000).rounded())
        guard !field.isEmpty, millionths >= 1 else { return nil }
        self.init(.quantile(millionths: millionths), of: field)
    }

    /// `count`, `sum_bytes`, `p99_9_duration_ms`, `distinct_user_component`.
    public var column: String {
        kind == .count ? kind.word : ([kind.word] + fields.map { Field($0).description }).joined(separator: "_")
    }

    /// `95`, `99_9`.
    private static func percent(_ millionths: Int) -> String {
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 10_000)
        if rest == 0 { return String(whole) }
        var text = rest.zeroPadded(4)
        while text.hasSuffix("0") { text.removeLast() }
        return "\(whole)_\(text)"
    }
}
