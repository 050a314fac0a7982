import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport
@testable import VarveViews

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A log in a directory of its own, removed with it.
final class TestLog {
    let path: String
    private var seed: UInt64
    /// Everything appended, in offset order.
    private(set) var events: [Event] = []
    var options = LogOptions()

    init(seed: UInt64 = 1, segmentRows: Int = 700) {
        var template = Array("/tmp/varve-views-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp/varve-views"
        self.seed = seed
        options.segmentRows = segmentRows
    }

    deinit { removeTree(path) }

    /// Appends random events in batches of random sizes.
    func append(_ count: Int) async throws {
        let writer = try await LogWriter.open(at: path, options: options)
        seed += 1
        let made = randomEvents(count: count, seed: seed, ids: false)
        var random = SeededRandom(seed: seed)
        var rest = made[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...(options.segmentRows / 3), using: &random))
            rest = rest.dropFirst(batch.count)
            var builder = BatchBuilder()
            for event in batch { builder.append(event) }
            _ = try await writer.append(builder.finish())
        }
        try await writer.close()
        events += made
    }

    /// The views' states at the first `count` events, or of those between two event times, folded in one go.
    func expected(
        _ views: [ViewDefinition], _ count: Int? = nil, from: Timestamp? = nil, to: Timestamp? = nil
    ) -> ViewStates {
        var states = ViewStates(FoldPlan(views))
        var offset: UInt64 = 0
        var rest = events.prefix(count ?? events.count).filter { event in
            from.map { $0 <= event.time } ?? true && to.map { event.time < $0 } ?? true
        }[...]
        while !rest.isEmpty {
            var builder = BatchBuilder()
            for event in rest.prefix(97) { builder.append(event) }
            rest = rest.dropFirst(97)
            var batch = builder.finish()
            batch.firstOffset = Offset(offset)
            offset += UInt64(batch.rowCount)
            states.fold(batch)
        }
        return states
    }

    /// Per view, the canonical bytes in the store.
    func stored(_ views: [ViewDefinition], projector: String = "main") throws -> [String: [UInt8]] {
        try ViewStore.open(at: path, projector: projector).read { reader throws(ViewError) in
            var bytes: [String: [UInt8]] = [:]
            for view in views { bytes[view.name] = try reader.state(of: view).canonicalBytes() }
            return bytes
        }
    }
}

extension ViewHistory {
    /// The rows that answer `query` over the first events of the log, as `ViewAnswers` finds them.
    func rows(of view: ViewDefinition, _ query: ViewQuery, asOf moment: AsOf = .now) throws -> [ViewRow] {
        let answers = try ViewAnswers.open(at: path, threads: threads, usesCache: cache != nil)
        return try answers.answer(
            ViewRequest(
                .mergeable(view), source: .log, asOf: moment, bucket: query.bucket, by: query.by, where: query.filters,
                from: query.from, to: query.to)
        ).rows
    }
}

extension ViewStates {
    /// Per view, its canonical bytes at its permanent level.
    var bytes: [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: plan.views.map { ($0.name, state(of: $0.name)?.canonicalBytes() ?? []) })
    }
}

/// Copies a directory and what is in it; files are read as they are at this moment.
func copyTree(_ path: String, to target: String) throws {
    let disk = RealDisk()
    try disk.makeDirectory(target)
    for name in try disk.list(path) {
        if try disk.kind(path + "/" + name) == .directory {
            try copyTree(path + "/" + name, to: target + "/" + name)
        } else if let from = fopen(path + "/" + name, "r"), let to = fopen(target + "/" + name, "w") {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = fread(&buffer, 1, buffer.count, from), count > 0 { fwrite(buffer, 1, count, to) }
            fclose(from)
            fclose(to)
        }
    }
}

/// Removes a directory and what is in it.
func removeTree(_ path: String) {
    if let stream = opendir(path) {
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { removeTree(path + "/" + name) }
        }
        closedir(stream)
        rmdir(path)
    } else {
        unlink(path)
    }
}

/// Views of every kind of measure, some of them over the events of `randomEvents`.
let testViews: [ViewDefinition] =
    ViewDefinition.builtIn + [
        ViewDefinition("everything") {
            Dimension("component")
            Dimension("flag")
            Measure.count("events")
            Measure.sum("total", of: "number")
            Measure.min("least", of: "ratio")
            Measure.max("most", of: "ratio")
            Measure.last("last", of: "duration_ms")
            Measure.topK("top", of: "session", 5)
            Measure.distinct("users", of: "user")
        },
        ViewDefinition("crowded") {
            Dimension("trace")
            Measure.count("events")
            Budget(2)
        },
    ]
