/// A piece of a query's text.
struct Token {
    enum Kind: Equatable {
        case end
        case identifier
        /// With a colon in it.
        case metricIdentifier
        case keyword(Keyword)
        case aggregator(AggregateOperator)
        case binary(BinaryOperator)
        case number
        case duration
        case string
        case leftParen, rightParen, leftBrace, rightBrace, leftBracket, rightBracket
        case comma, colon, equal, matchesPattern, matchesNotPattern, at
    }

    enum Keyword: String, CaseIterable {
        case offset, by, without, on, ignoring
        case groupLeft = "group_left"
        case groupRight = "group_right"
        case bool, start, end
    }

    var kind: Kind
    var text: String
    /// In bytes of the query.
    var range: Range<Int>

    /// As error sentences name it.
    var described: String {
        switch kind {
        case .end: "end of input"
        case .identifier: "identifier \(GoText.quoted(text))"
        case .metricIdentifier: "metric identifier \(GoText.quoted(text))"
        case .keyword(.start), .keyword(.end): shortened
        case .keyword: "<\(text)>"
        case .aggregator: "<aggr:\(text)>"
        case .binary, .matchesPattern, .matchesNotPattern, .at: "<op:\(text)>"
        case .number: "number \(shortened)"
        case .duration: "duration \(shortened)"
        case .string: "string \(shortened)"
        default: shortened
        }
    }

    /// Long texts are cut.
    private var shortened: String {
        text.utf8.count > 10
            ? GoText.quoted(String(text.unicodeScalars.prefix(10).map(Character.init))) + "..." : GoText.quoted(text)
    }

    /// What stands for a metric's name, where one may stand.
    var isMetricName: Bool {
        switch kind {
        case .identifier, .metricIdentifier, .aggregator, .binary(.and), .binary(.or), .binary(.unless): true
        case .keyword(.by), .keyword(.offset), .keyword(.without), .keyword(.start), .keyword(.end): true
        default: false
        }
    }

    /// What stands for a label's name in `by (…)` and the like.
    var isGroupingName: Bool {
        switch kind {
        case .identifier, .metricIdentifier, .aggregator, .keyword, .binary(.and), .binary(.or), .binary(.unless),
            .binary(.atan2):
            true
        default: false
        }
    }
}
