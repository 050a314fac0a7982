internal import VarveEvents

/// A metric family of OpenMetrics: what its samples may be called, and which rules they keep.
struct OpenMetricsFamily {
    enum Kind: String {
        case unknown, gauge, counter, histogram, gaugehistogram, stateset, info, summary

        /// What a sample's name has behind the family's.
        var suffixes: [String] {
            switch self {
            case .unknown, .gauge, .stateset: [""]
            case .counter: ["_total", "_created"]
            case .histogram: ["_bucket", "_count", "_sum", "_created"]
            case .gaugehistogram: ["_bucket", "_gcount", "_gsum"]
            case .info: ["_info"]
            case .summary: ["", "_count", "_sum", "_created"]
            }
        }
    }

    struct Sample {
        var name: String
        var labels: [PrometheusRows.Label]
        var value: Double
        var seconds: Double?

        func label(_ name: String) -> String? {
            labels.first { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
        }
    }

    let name: String
    private var kind = Kind.unknown
    private var metadata: Set<Substring> = []
    private var unit = ""
    private var hasSamples = false
    private var groups: Set<String> = []
    private var group: String?
    private var latest: Double?
    private var isTimed = false
    private var histogram = OpenMetricsHistogram()

    init(_ name: String) { self.name = name }

    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !ExpositionLine.isDigit(first) else { return false }
        return text.utf8.allSatisfy { ExpositionLine.isNameByte($0) || $0 == 0x3A }
    }

    /// All names that are taken by it.
    var names: Set<String> { Set(kind.suffixes.map { name + $0 }).union([name]) }

    func has(sample: String) -> Bool { kind.suffixes.contains { name + $0 == sample } }

    /// Takes what a line of metadata says. Returns what is wrong.
    mutating func take(_ word: Substring, _ text: Substring) -> String? {
        guard !hasSamples else { return "\(word) stands behind the samples of \(name)" }
        guard metadata.insert(word).inserted else { return "\(name) has \(word) twice" }
        switch word {
        case "HELP": return nil
        case "TYPE":
            guard let kind = Kind(rawValue: String(text)) else { return "\(text) is no type" }
            self.kind = kind
        case "UNIT":
            guard text.isEmpty || name.hasSuffix("_\(text)") else { return "\(name) does not end with its unit \(text)" }
            unit = String(text)
        default: return "the line is neither a sample nor HELP, TYPE or UNIT"
        }
        return nil
    }

    /// Takes a sample. Returns what is wrong.
    mutating func take(_ sample: Sample) -> String? {
        hasSamples = true
        let suffix = String(sample.name.dropFirst(name.count))
        if let problem = checkLabels(sample, suffix) ?? checkValue(sample, suffix) { return problem }
        if let problem = join(sample, suffix) { return problem }
        guard kind == .histogram || kind == .gaugehistogram else { return nil }
        return histogram.take(sample, suffix)
    }

    private func checkLabels(_ sample: Sample, _ suffix: String) -> String? {
        switch (kind, suffix) {
        case (.histogram, "_bucket"), (.gaugehistogram, "_bucket"):
            return OpenMetricsHistogram.bound(sample) == nil ? "a bucket has no label le that is a number" : nil
        case (.summary, ""):
            guard let quantile = sample.label("quantile").flatMap({ Double($0) }), quantile >= 0, quantile <= 1 else {
                return "a quantile has no label quantile from 0 to 1"
            }
            return nil
        case (.stateset, _): return sample.label(name) == nil ? "a state has no label \(name)" : nil
        default: return nil
        }
    }

    private func checkValue(_ sample: Sample, _ suffix: String) -> String? {
        switch (kind, suffix) {
        case (.stateset, _): return sample.value == 0 || sample.value == 1 ? nil : "a state is 0 or 1"
        case (.info, _): return sample.value == 1 ? nil : "an info is 1"
        case (.summary, ""): return sample.value < 0 ? "a quantile is negative" : nil
        case (.gaugehistogram, "_gsum"): return sample.value.isNaN ? "a sum is no number" : nil
        case (.counter, "_total"), (.histogram, "_bucket"), (.histogram, "_count"), (.histogram, "_sum"),
            (.gaugehistogram, _), (.summary, "_count"), (.summary, "_sum"):
            return sample.value.isNaN || sample.value < 0 ? "a value that is counted is negative or no number" : nil
        default: return nil
        }
    }

    /// Samples of one set of labels stand together, and their times do not go back.
    private mutating func join(_ sample: Sample, _ suffix: String) -> String? {
        let own = kind == .summary && suffix.isEmpty ? "quantile" : kind == .stateset ? name : suffix == "_bucket" ? "le" : ""
        let key = sample.labels.filter { own.isEmpty || !$0.name.elementsEqual(own.utf8) }
            .map { String(decoding: $0.name, as: UTF8.self) + "\u{0}" + String(decoding: $0.value, as: UTF8.self) }
            .sorted().joined(separator: "\u{1}")
        defer { latest = sample.seconds }
        guard key == group else {
            guard groups.insert(key).inserted else { return "samples of one set of labels do not stand together" }
            group = key
            isTimed = sample.seconds != nil
            return endHistogram()
        }
        guard isTimed == (sample.seconds != nil) else { return "some samples of one set of labels have times, and others none" }
        guard let time = sample.seconds, let latest, time != latest else { return nil }
        return time < latest ? "times go back" : endHistogram()
    }

    private mutating func endHistogram() -> String? {
        defer { histogram = OpenMetricsHistogram() }
        return kind == .histogram || kind == .gaugehistogram ? histogram.end(isGauge: kind == .gaugehistogram) : nil
    }

    /// Checks what can be told when all samples were seen.
    mutating func end() -> String? {
        if !unit.isEmpty, kind == .info || kind == .stateset { return "\(name) is of a type that has no unit" }
        return endHistogram()
    }

    /// What is wrong with an exemplar of the sample `sample`.
    func check(_ exemplar: ExpositionLine.Exemplar, of sample: String) -> String? {
        let suffix = sample.dropFirst(name.count)
        let isAllowed =
            suffix == "_bucket" && (kind == .histogram || kind == .gaugehistogram) || suffix == "_total" && kind == .counter
        guard isAllowed else { return "only buckets and counters have exemplars" }
        let arena = TextArena()
        let length = exemplar.labels.reduce(0) { sum, label in
            sum + label.name.count + label.value(arena).count { $0 & 0xC0 != 0x80 }
        }
        guard length <= 128 else { return "the labels of an exemplar have \(length) characters, 128 are allowed" }
        guard ExpositionNumber.value(exemplar.value, isStrict: true) != nil else {
            return "the value of an exemplar is no number"
        }
        guard let time = exemplar.time else { return nil }
        return ExpositionNumber.nanoseconds(seconds: time) == nil ? "the time of an exemplar is none" : nil
    }
}

/// The samples of a histogram with one set of labels and one time.
struct OpenMetricsHistogram {
    private var bound = -Double.infinity
    private var latest: Double?
    private var hasNegative = false
    private var hasAny = false
    private var count: Double?
    private var sum: Double?

    static func bound(_ sample: OpenMetricsFamily.Sample) -> Double? {
        guard let text = sample.label("le") else { return nil }
        if text == "+Inf" { return .infinity }
        let isDecimal = text.utf8.allSatisfy { ExpositionLine.isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        return isDecimal ? Double(text) : nil
    }

    mutating func take(_ sample: OpenMetricsFamily.Sample, _ suffix: String) -> String? {
        switch suffix {
        case "_bucket":
            guard let next = Self.bound(sample), next > bound else { return "the bounds of buckets do not rise" }
            guard sample.value >= latest ?? 0 else { return "a bucket holds less than the one before" }
            bound = next
            latest = sample.value
            if next < 0 { hasNegative = true }
        case "_count", "_gcount": count = sample.value
        case "_sum", "_gsum": sum = sample.value
        default: return nil
        }
        hasAny = true
        return nil
    }

    func end(isGauge: Bool) -> String? {
        guard hasAny else { return nil }
        guard bound == .infinity, let latest else { return "a histogram has no bucket +Inf" }
        if let count, count != latest { return "the count of a histogram is not its bucket +Inf" }
        guard isGauge || !hasNegative else { return sum == nil ? nil : "a histogram with negative bounds has a sum" }
        guard (count == nil) == (sum == nil) else { return "a histogram has a count without a sum, or a sum without a count" }
        return (sum ?? 0) < 0 && !hasNegative ? "a sum is negative, and no bound is" : nil
    }
}
