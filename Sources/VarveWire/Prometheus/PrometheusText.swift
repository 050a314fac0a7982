internal import Foundation
internal import VarveEvents

/// Prometheus' text format 0.0.4. A line that is no sample is refused alone; a sample without a time is one of now.
struct PrometheusText {
    private var samples: PrometheusRows

    init(_ labels: [MetricLabel]) { samples = PrometheusRows(labels) }

    mutating func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        samples.reserve(&rows)
        var at = 0
        var number = 0
        while at < document.count {
            let rest = UnsafeRawBufferPointer(rebasing: document[at...])
            let length = rest.firstIndex(of: 0x0A) ?? rest.count
            var line = UnsafeRawBufferPointer(rebasing: rest[..<length])
            if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
            number += 1
            rows.skip(toRecord: number)
            try readLine(line, offset: at, &rows)
            at += length + 1
        }
    }

    private mutating func readLine(_ line: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows) throws(DocumentFault)
    {
        guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }), first != 0x23 else { return }
        guard let sample = ExpositionLine(line, isStrict: false) else {
            return rows.refuse(Problem(.syntax, "the line is no sample: name{label=\"value\"} value time"), line, offset: offset)
        }
        guard let value = ExpositionNumber.value(sample.value, isStrict: false) else {
            return rows.refuse(Problem(.badNumber, "the value is no number"), line, offset: offset)
        }
        var time = rows.clock.now
        if let text = sample.time {
            guard let moment = ExpositionNumber.nanoseconds(milliseconds: text) else {
                return rows.refuse(Problem(.badTime, "the time is no whole number of milliseconds"), line, offset: offset)
            }
            time = moment
        }
        let labels = sample.labels.map { PrometheusRows.Label(name: $0.name, value: $0.value(rows.arena)) }
        samples.begin("prometheus.sample", time: time, name: sample.name, labels: labels, &rows)
        samples.set(value: value, &rows)
        try rows.end(line, offset: offset)
    }
}
