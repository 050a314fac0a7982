internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// The buckets of an answer in a row, with nothing where there is no row.
struct Buckets {
    let answered: Answered
    let start: Int64
    let step: Int64
    let count: Int

    init(_ answered: Answered) {
        self.answered = answered
        let step = (answered.answer.bucket ?? .hour).nanoseconds ?? 3_600_000_000_000
        self.step = step
        let times = answered.rows.compactMap { $0.time?.nanoseconds }
        let from = answered.ask.from.map { PageRange.down(Timestamp(nanoseconds: Self.near($0.nanoseconds)), step).nanoseconds }
        let start = from ?? Self.near(times.min() ?? 0)
        let end = answered.ask.to.map { Self.near($0.nanoseconds) } ?? Self.near(times.max() ?? 0) + step
        self.start = start
        count = max(0, min(10_000, Int((max(0, end - start) + step - 1) / step)))
    }

    /// Within 140 years of 1970, so that the difference of two is a number.
    private static func near(_ nanoseconds: Int64) -> Int64 {
        max(-4_400_000_000_000_000_000, min(4_400_000_000_000_000_000, nanoseconds))
    }

    func index(_ row: ViewRow) -> Int? {
        guard let time = row.time?.nanoseconds else { return nil }
        // Days of a zone are not all of one length, and begin by its clocks.
        let index = Int(((Double(time) - Double(start)) / Double(step)).rounded())
        return index >= 0 && index < count ? index : nil
    }

    /// A column of the rows that `choose` takes.
    func values(_ column: String, _ choose: (ViewRow) -> Bool) -> [Double?] {
        var values: [Double?] = Array(repeating: nil, count: count)
        for row in answered.rows where choose(row) {
            if let index = index(row) { values[index] = row[column]?.number }
        }
        return values
    }

    /// Buckets in which there is any row.
    var present: [Bool] {
        var present = Array(repeating: false, count: count)
        for row in answered.rows {
            if let index = index(row) { present[index] = true }
        }
        return present
    }
}
