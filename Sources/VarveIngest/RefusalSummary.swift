public import VarveWire

/// Counts refused records by cause, with the first record of each cause. Memory is bounded.
public struct RefusalSummary: Sendable {
    /// Records that were refused for the same cause.
    public struct Cause: Hashable, Sendable {
        public var count: Int
        public var reason: RejectionReason
        /// The input and line of the first of them, and its error.
        public var source: String
        /// Input and line in words.
        public var place: String
        public var line: Int
        public var message: String
        public var hint: String?

        /// For example `day.ndjson:3: the event has no time; …`, followed by the count if there are several.
        public var description: String {
            let example = "\(place): \(message)" + (hint.map { "; \($0)" } ?? "")
            return count == 1 ? example : "\(count) records, the first \(example)"
        }
    }

    /// The maximum number of distinct causes. Records of further causes are counted in `others`.
    static let causesMax = 64
    /// The causes in the order of their first occurrence.
    public private(set) var causes: [Cause] = []
    /// Records refused for causes beyond the maximum.
    public private(set) var others = 0
    /// The number of refused records.
    public private(set) var total = 0
    private var places: [String: Int] = [:]

    public init() {}

    /// Adds a refused record of the input `source`. True if its cause is new.
    @discardableResult
    public mutating func add(_ rejection: Rejection, from source: String) -> Bool {
        total += 1
        let cause = Self.cause(rejection)
        if let place = places[cause] {
            causes[place].count += 1
            return false
        }
        guard causes.count < Self.causesMax else {
            others += 1
            return false
        }
        places[cause] = causes.count
        causes.append(
            Cause(
                count: 1, reason: rejection.reason, source: source, place: rejection.place(file: source), line: rejection.line,
                message: rejection.message, hint: rejection.hint))
        return true
    }

    /// The reason and message without the parts that vary between records: numbers and quoted text.
    static func cause(_ rejection: Rejection) -> String {
        var text = rejection.reason.rawValue + " "
        var closing: Character?
        var before: Character = " "
        for character in rejection.message {
            defer { before = character }
            if let quote = closing {
                if character == quote { closing = nil }
            } else if character == "\"" || character == "`" || character == "'" && !before.isLetter {
                closing = character
                text.append(character)
            } else if !character.isNumber {
                text.append(character)
            }
        }
        return text
    }
}
