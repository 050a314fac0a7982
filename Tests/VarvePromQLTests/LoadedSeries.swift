import VarvePromQL

/// Series written down: `LoadedSeries("up{job=\"a\"} 1+2x3 _ stale", every: 60)`.
///
/// A value stands for one sample; `a+bxn` for a, a + b, … a + n·b; `_` for none; `stale` for a staleness marker.
struct LoadedSeries: SeriesSource {
    private(set) var series: [SampleSeries] = []
    /// What was asked for.
    let asked = Asked()

    final class Asked {
        var ranges: [ClosedRange<Int64>] = []
    }

    /// - Parameter every: Seconds between samples.
    init(_ lines: String..., every: Int64) {
        for line in lines {
            let end = line.lastIndex(of: "}").map { line.index(after: $0) } ?? line.firstIndex(of: " ") ?? line.endIndex
            let labels = Self.labels(String(line[..<end]))
            var (times, values): ([Int64], [Double]) = ([], [])
            var moment: Int64 = 0
            for word in line[end...].split(separator: " ") {
                for value in Self.values(word) {
                    if let value {
                        times.append(moment)
                        values.append(value)
                    }
                    moment += every * 1000
                }
            }
            series.append(SampleSeries(labels, times: times, values: values))
        }
        series.sort { $0.labels < $1.labels }
    }

    private static func labels(_ text: String) -> Labels {
        let matchers = (try? PromQLQuery.matchers(text)) ?? []
        return Labels(matchers.map { Label($0.name, $0.value) })
    }

    private static func values(_ word: Substring) -> [Double?] {
        if word == "_" { return [nil] }
        if word == "stale" { return [StaleMarker.value] }
        guard let sign = word.dropFirst().firstIndex(where: { $0 == "+" || $0 == "-" }),
            let times = word.lastIndex(of: "x"), let first = Double(word[..<sign]), let step = Double(word[sign..<times]),
            let count = Int(word[word.index(after: times)...])
        else { return [GoText.double(String(word))] }
        return (0...count).map { first + Double($0) * step }
    }

    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        asked.ranges.append(from...to)
        return series.filter { one in matchers.allSatisfy { $0.matches(one.labels[$0.name]) } }
    }

    /// The answer at a moment, as `labels value` per series; scalars and texts alone.
    func answer(_ query: String, at seconds: Double) throws -> [String] {
        switch try PromQLQuery(query).evaluate(at: Int64(seconds * 1000), over: self) {
        case .scalar(time: _, let value): [GoText.value(value)]
        case .string(time: _, let text): [text]
        case .vector(time: _, let samples): samples.map { "\($0.labels) \(GoText.value($0.value))" }
        case .matrix(let series): series.map(Self.line)
        }
    }

    /// The answer over a range, as `labels value@seconds …` per series.
    func answer(_ query: String, from: Int64, to: Int64, step: Int64) throws -> [String] {
        let value = try PromQLQuery(query).evaluate(from: from * 1000, to: to * 1000, step: step * 1000, over: self)
        guard case .matrix(let series) = value else { return [] }
        return series.map(Self.line)
    }

    private static func line(_ series: SampleSeries) -> String {
        zip(series.times, series.values).reduce("\(series.labels)") { text, sample in
            text + " \(GoText.value(sample.1))@\(GoText.value(Double(sample.0) / 1000))"
        }
    }
}
