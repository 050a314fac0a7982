public import VarveEvents
public import VarveProjections
public import VarveViews
internal import VarveWire

/// What an analysis is asked: the same from a command's flags and from the query of a request.
public struct AnalysisQuestion: Sendable {
    public var view: String?
    public var column: String?
    public var by: [String] = []
    public var bucket: BucketLevel?
    public var conditions: [FieldCondition] = []
    public var from: Timestamp?
    public var to: Timestamp?
    public var asOf: AsOf?
    /// Further parameters by the names of the flags, each with its values as they were typed.
    public var options: [String: [String]] = [:]

    public init() {}

    public func texts(_ name: String) -> [String] { options[name] ?? [] }
    public func text(_ name: String) -> String? { options[name]?.last }
    /// Values that are separated by commas, or given several times.
    public func list(_ name: String) -> [String] {
        texts(name).flatMap { $0.split(separator: ",").map { String($0) } }
    }

    public func number(_ name: String, _ usual: Int, in range: ClosedRange<Int>) throws(AnalysisError) -> Int {
        guard let text = text(name) else { return usual }
        guard let number = Int(text), range.contains(number) else {
            throw AnalysisError(.usage, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A share in percent, as 0 to 1.
    public func level(_ name: String = "level") throws(AnalysisError) -> Double {
        guard let text = text(name) else { return 0.95 }
        guard let number = Double(text), number > 0, number < 100 else {
            throw AnalysisError(.usage, "\(name) must lie between 0 and 100")
        }
        return number / 100
    }

    /// A length of time such as `6h`, in nanoseconds.
    public func duration(_ name: String, _ usual: Int64) throws(AnalysisError) -> Int64 {
        guard let text = text(name) else { return usual }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (1...100_000).contains(count)
        else { throw AnalysisError(.usage, "\(name) must be a length of time, such as 90m, 24h or 7d") }
        return count * unit * 1_000_000_000
    }

    /// One of the values of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ usual: Choice
    ) throws(AnalysisError) -> Choice where Choice.RawValue == String {
        guard let text = text(name) else { return usual }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw AnalysisError(.usage, "\(name) must be one of \(known)")
        }
        return choice
    }

    func need(_ name: String) throws(AnalysisError) -> String {
        guard let text = text(name), !text.isEmpty else { throw AnalysisError(.usage, "\(name) is missing") }
        return text
    }

    /// The range of event times: as asked, else all that the log holds.
    func range(_ rows: AnalysisRows) throws -> Range<Timestamp> {
        if let from, let to, from >= to { throw AnalysisError(.usage, "from must be before to") }
        guard let span = try rows.span() else { throw AnalysisError(.failure, "the log is empty") }
        // No further than a day beyond the events.
        let end = min(to ?? span.last.moved(1), span.last.moved(86_400_000_000_000))
        let start = max(from ?? min(span.first, end), span.first.moved(-86_400_000_000_000))
        guard start < end else { throw AnalysisError(.failure, "there are no events in that range") }
        return start..<end
    }

    /// A query of the log over the question's range and conditions.
    func query(_ signals: [String], by: [String], bucket: BucketLevel, _ measures: [QueryMeasure] = []) -> QueryRequest {
        var request = QueryRequest()
        request.signals = signals
        request.by = by
        request.bucket = bucket
        request.measures = measures
        request.conditions = conditions
        (request.from, request.to) = (from, to)
        return request
    }
}
