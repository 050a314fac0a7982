internal import Foundation
internal import VarveEvents

/// OpenMetrics 1.0. An exposition that breaks a rule of the format is refused as a whole, as the format wants it; a sample
/// without a time is one of now.
struct OpenMetricsText {
    private var samples: PrometheusRows
    private var family: OpenMetricsFamily?
    /// Names that families before this one have taken.
    private var taken: Set<String> = []
    private var line = 0

    init(_ labels: [MetricLabel]) { samples = PrometheusRows(labels) }

    mutating func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        guard isUTF8(document) else { throw DocumentFault(.invalidUTF8, "the exposition is not UTF-8") }
        samples.reserve(&rows)
        var at = 0
        var hasEnded = false
        while at < document.count {
            let rest = UnsafeRawBufferPointer(rebasing: document[at...])
            let length = rest.firstIndex(of: 0x0A) ?? rest.count
            let text = UnsafeRawBufferPointer(rebasing: rest[..<length])
            line += 1
            if hasEnded { throw wrong("something follows # EOF") }
            if text.elementsEqual("# EOF".utf8) {
                hasEnded = true
            } else if text.first == 0x23 {
                try readMetadata(String(decoding: text, as: UTF8.self))
            } else {
                rows.skip(toRecord: line)
                try readSample(text, offset: at, &rows)
            }
            at += length + 1
        }
        guard hasEnded else { throw wrong("the exposition does not end with # EOF") }
        try endFamily()
    }

    private func wrong(_ what: String) -> DocumentFault { DocumentFault(.syntax, "line \(line): \(what)") }

    /// `# HELP name text`, `# TYPE name type`, `# UNIT name unit`.
    private mutating func readMetadata(_ text: String) throws(DocumentFault) {
        let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "#", OpenMetricsFamily.isName(parts[2]) else {
            throw wrong("the line is neither a sample nor HELP, TYPE or UNIT")
        }
        let name = String(parts[2])
        if family?.name != name {
            try endFamily()
            family = OpenMetricsFamily(name)
        }
        if let problem = family?.take(parts[1], parts[3]) { throw wrong(problem) }
    }

    private mutating func readSample(
        _ text: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard let sample = ExpositionLine(text, isStrict: true) else {
            throw wrong("the line is no sample: name{label=\"value\"} value time")
        }
        guard let value = ExpositionNumber.value(sample.value, isStrict: true) else { throw wrong("the value is no number") }
        var time: Int64?
        if let text = sample.time {
            time = ExpositionNumber.nanoseconds(seconds: text)
            guard time != nil else { throw wrong("the time is no number of seconds") }
        }
        let name = String(decoding: sample.name, as: UTF8.self)
        if family?.has(sample: name) != true {
            try endFamily()
            family = OpenMetricsFamily(name)
        }
        let labels = sample.labels.map { PrometheusRows.Label(name: $0.name, value: $0.value(rows.arena)) }
        let seconds = sample.time.flatMap { ExpositionNumber.value($0, isStrict: true) }
        let found = OpenMetricsFamily.Sample(name: name, labels: labels, value: value, seconds: seconds)
        if let problem = family?.take(found) { throw wrong(problem) }
        if let exemplar = sample.exemplar, let problem = family?.check(exemplar, of: name) { throw wrong(problem) }
        samples.begin("prometheus.sample", time: time ?? rows.clock.now, name: sample.name, labels: labels, &rows)
        samples.set(value: value, &rows)
        try rows.end(text, offset: offset)
    }

    private mutating func endFamily() throws(DocumentFault) {
        guard var ended = family else { return }
        family = nil
        if let problem = ended.end() { throw wrong(problem) }
        for name in ended.names where !taken.insert(name).inserted {
            throw wrong("the name \(name) is that of an earlier family too")
        }
    }
}
