internal import Foundation
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Reads what is to be sent next.
struct ForwardReader: Sendable {
    /// What one step sends, and where it ends.
    struct Step: Sendable {
        var bodies: [ForwardBodies.Body] = []
        var records = 0
        var leftOut = 0
        var lost = 0
        /// The range in words, which is the request's key.
        var range = ""
        var after: ForwardCheckpoint
        /// Whether nothing more is there for now.
        var isLast = false
    }

    let data: String
    let settings: ForwardSettings
    /// Offsets that one step looks at, and bytes and rows that it sends.
    private static let window: UInt64 = 4_096
    private static let bytesMax = 2 << 20
    private static let rowsMax = 1_000

    /// Blocks the thread.
    func next(_ checkpoint: ForwardCheckpoint) throws -> Step {
        switch settings.source {
        case .events(let filter): try events(filter, checkpoint)
        case .view(let name, let level): try rows(name, level, checkpoint)
        }
    }

    // MARK: Events

    private func events(_ filter: LogFilter, _ checkpoint: ForwardCheckpoint) throws -> Step {
        let reader = try LogReader.open(at: data)
        let (first, durable) = (try reader.retained().value, try reader.durable().value)
        var step = Step(after: checkpoint)
        let begin = max(checkpoint.offset, first)
        step.lost = Int(clamping: begin - checkpoint.offset)
        // A range that was begun before is sent as it was, so that its key says the same.
        var end = min(checkpoint.pendingOffset ?? .max, begin &+ Self.window, durable)
        guard begin < end else {
            step.after.offset = begin
            step.after.pendingOffset = nil
            step.isLast = begin >= durable
            return step
        }
        var found: [(offset: Offset, event: Event)] = []
        var bytes = 0
        _ = try reader.scan(begin..<end, where: filter) { batch in
            batch.forEachEvent { offset, event in
                guard offset.value < end else { return }
                bytes += Self.size(event)
                if bytes > Self.bytesMax, !found.isEmpty { end = offset.value } else { found.append((offset, event)) }
            }
        }
        found.removeAll { $0.offset.value >= end }
        step.range = "\(begin)-\(end)"
        step.after.offset = end
        step.after.pendingOffset = nil
        fill(&step, found)
        return step
    }

    private static func size(_ event: Event) -> Int {
        event.attributes.reduce(128) { sum, attribute in
            switch attribute.value {
            case .string(let text), .json(let text): sum + text.utf8.count + attribute.name.utf8.count + 8
            default: sum + attribute.name.utf8.count + 16
            }
        }
    }

    private func fill(_ step: inout Step, _ found: [(offset: Offset, event: Event)]) {
        guard !found.isEmpty else { return }
        switch settings.format {
        case .ndjson:
            var printer = EventPrinter()
            for (offset, event) in found { printer.print(event, offset: offset) }
            step.bodies = [ForwardBodies.lines(printer.bytes)]
            step.records = found.count
        case .otlp:
            step.bodies = ForwardBodies.otlp(found.map(\.event))
            step.records = found.count
        case .remoteWrite, .datadog: add(found.compactMap { ForwardSample($0.event) }, of: found.count, &step)
        }
    }

    private func add(_ samples: [ForwardSample], of count: Int, _ step: inout Step) {
        step.records = samples.count
        step.leftOut = max(0, count - samples.count)
        guard !samples.isEmpty else { return }
        switch settings.format {
        case .remoteWrite: step.bodies = [ForwardBodies.remoteWrite(samples)]
        case .datadog: step.bodies = [ForwardBodies.datadog(samples)]
        case .otlp, .ndjson: step.bodies = [ForwardBodies.otlp(samples)]
        }
    }

    // MARK: Views

    private func rows(_ name: String, _ level: BucketLevel?, _ checkpoint: ForwardCheckpoint) throws -> Step {
        guard let view = DefinedViews(builtIn: Catalog.allViews, at: data).views.last(where: { $0.name == name }) else {
            throw ForwardError(.configuration, "there is no view '\(name)'")
        }
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let request = ViewRequest(
            view, source: .keptOrLog(projector: "main"), bucket: level ?? .hour, from: checkpoint.time ?? settings.from.time)
        let answer = try ViewAnswers.open(at: data).answer(request)
        guard let bucket = answer.bucket, let length = bucket.nanoseconds else {
            throw ForwardError(.configuration, "the view '\(name)' has no time buckets")
        }
        // What the projector has not read yet may still change a row.
        let known = answer.behindEvents == 0 ? now : min(now, answer.time ?? Timestamp(nanoseconds: 0))
        let limit = known.nanoseconds &- settings.settleSeconds &* 1_000_000_000 &- length
        var rows = answer.rows.filter { row in row.time.map { $0.nanoseconds <= limit } ?? false }
        if let pending = checkpoint.pendingTime { rows = rows.filter { row in row.time.map { $0 < pending } ?? false } }
        rows.sort { ($0.time ?? Timestamp(nanoseconds: 0)) < ($1.time ?? Timestamp(nanoseconds: 0)) }
        var step = Step(after: checkpoint)
        step.after.pendingTime = nil
        step.isLast = rows.count <= Self.rowsMax
        if rows.count > Self.rowsMax {
            // A bucket is not cut.
            let last = rows[Self.rowsMax].time
            let before = rows.prefix(Self.rowsMax).filter { $0.time != last }
            rows = before.isEmpty ? rows.filter { $0.time == last } : before
        }
        guard let first = rows.first?.time, let last = rows.last?.time else { return step }
        step.after.time = Timestamp(nanoseconds: last.nanoseconds &+ length)
        step.range = "\(name)-\(first.nanoseconds)-\(last.nanoseconds)"
        var part = answer
        part.rows = rows
        fill(&step, part, bucket)
        return step
    }

    private func fill(_ step: inout Step, _ answer: ViewAnswer, _ bucket: BucketLevel) {
        if settings.format == .ndjson {
            var text = ""
            for object in AnswerText(answer).objects {
                text += "{\"view\":\(JSONLine.string(answer.view)),\"bucket\":\"\(bucket.name)\"," + object.dropFirst() + "\n"
            }
            step.bodies = [ForwardBodies.lines(Array(text.utf8))]
            step.records = answer.rows.count
            return
        }
        let dimensions = answer.columns.filter(\.isDimension).map(\.name)
        let measures = answer.columns.filter { !$0.isDimension && $0.kind != .time }.map(\.name)
        var samples: [ForwardSample] = []
        for row in answer.rows {
            guard let time = row.time else { continue }
            var labels = ["bucket": bucket.name]
            for name in dimensions { labels[name] = row[name]?.text ?? "" }
            for measure in measures {
                guard let value = row[measure]?.number, value.isFinite else { continue }
                let metric = measure == answer.view || measures.count == 1 ? answer.view : "\(answer.view)_\(measure)"
                samples.append(ForwardSample(metric, labels, time, value))
            }
        }
        add(samples, of: samples.count, &step)
    }
}
