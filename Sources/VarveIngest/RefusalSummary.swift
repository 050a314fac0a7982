public import VarveWire

/// Refused records, summed up by cause: how many, and the first of each. Memory is bounded whatever is refused.
public struct RefusalSummary: Sendable {
    /// Records that were refused for one cause.
    public struct Cause: Hashable, Sendable {
        public var count: Int
        public var reason: RejectionReason
        /// The input and line of the first of them, and what was wrong with it.
        public var source: String
        public var line: Int
        public var message: String
        public var hint: String?

        /// `day.ndjson:3: the event has no time; …`, and with more than one how many there are.
        public var description: String {
            let example = "\(source):\(line): \(message)" + (hint.map { "; \($0)" } ?? "")
            return count == 1 ? example : "\(count) records, the first \(example)"
        }
    }

    /// Distinct causes that are told apart. Further ones are counted in `others`.
    static let causesMax = 64
    /// In the order in which they were first met.
    public private(set) var causes: [Cause] = []
    /// Records refused for causes beyond those told apart.
    public private(set) var others = 0
    /// Records refused.
    public private(set) var total = 0
    private var places: [String: Int] = [:]

    public init() {}

    /// Adds a refused record of the input `source`. True when it is the first of its cause.
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
                count: 1, reason: rejection.reason, source: source, line: rejection.line, message: rejection.message,
                hint: rejection.hint))
        return true
    }

    /// The reason and the sentence, without what differs from record to record: numbers and quoted text.
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
