/// The answer of an analysis: as JSON for programs, as tables and sentences for people.
public struct AnalysisAnswer {
    public enum Body {
        /// An array of objects, made while it is written.
        case array(AnySequence<String>)
        case object(String)
    }

    public var body: Body
    public var tables: [AnalysisTable]
    /// Sentences below the tables.
    public var lines: [String] = []
    /// What a reader must know about it that the rows do not show.
    public var notes: [String] = []

    public init(_ body: Body, _ tables: [AnalysisTable] = [], lines: [String] = [], notes: [String] = []) {
        (self.body, self.tables, self.lines, self.notes) = (body, tables, lines, notes)
    }

    /// An answer that is one table.
    init(_ table: AnalysisTable, lines: [String] = [], notes: [String] = []) {
        self.init(.array(AnySequence(table.objects)), [table], lines: lines, notes: notes)
    }

    /// The JSON text, with a newline at its end.
    public var json: String { (try? json(most: .max)) ?? "[]\n" }

    /// The same; throws if there are more than `most` objects.
    public func json(most: Int) throws(AnalysisError) -> String {
        switch body {
        case .object(let text): return text + "\n"
        case .array(let objects):
            var text = "["
            var count = 0
            for object in objects {
                guard count < most else {
                    throw AnalysisError(
                        .failure, "the answer has more than \(most) rows", next: "use from, to or a larger bucket")
                }
                text += (count == 0 ? "\n" : ",\n") + object
                count += 1
            }
            return text + (count == 0 ? "" : "\n") + "]\n"
        }
    }
}
