// One call answers every question about a view, whether its projector keeps the answer, the log has to be folded, or both:
//
//                        kept cells of whole buckets ┐
//     ViewRequest ──▶    base and segment states     ├─ merge ─▶ rows ─▶ ViewAnswer
//                        events at ragged ends       ┘
//
// Every part is of one prefix of the log: what is folded ends where the kept cells end.

internal import VarveDisk
public import VarveEvents
public import VarveLog
internal import VarveProjections

/// The views of one data directory, opened for questions.
///
///     let views = try ViewAnswers.open(at: "data")
///     let answer = try views.answer(ViewRequest(view, bucket: .hour, from: start, to: end))
///     print(answer.rows.count, answer.offset, answer.behindEvents)
///
/// May be asked from many threads at once. Blocks its thread: never ask on the cooperative pool.
public final class ViewAnswers: Sendable {
    /// The data directory.
    public let path: String
    let reader: LogReader
    let cache: SegmentStates?
    let threads: Int
    let stores: StorePool

    /// The views of the log of `reader`, whose data directory is `data`. Changes nothing but the cache of segment states.
    ///
    /// - Parameter threads: how many threads fold at a time; the asking one is one of them.
    /// - Parameter usesCache: whether states of sealed segments are taken from `states/`, and kept there.
    public init(_ reader: LogReader, at data: String, threads: Int = 2, usesCache: Bool = true) {
        path = data
        self.reader = reader
        cache = usesCache ? SegmentStates(at: data, disk: RealDisk()) : nil
        self.threads = threads
        stores = StorePool(at: data)
    }

    /// Opens the data directory `data`, which must hold a log: as `init`.
    public static func open(
        at data: String, threads: Int = 2, usesCache: Bool = true
    ) throws(ViewError) -> ViewAnswers {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        return ViewAnswers(reader, at: data, threads: threads, usesCache: usesCache)
    }

    /// Answers one question.
    ///
    /// - Throws: `.noStore`, `.unknownView` and `.outdatedView` when a projector was named that does not keep the view,
    ///   `.badQuery` for a bucket, column or table that it does not have, `.expired` for a past that is gone, and what reading
    ///   store and log throws.
    public func answer(_ request: ViewRequest) throws(ViewError) -> ViewAnswer {
        try answers(to: [request])[0]
    }

    /// Answers several questions in one pass: what one projector keeps is read at one moment, and what the log has to give is
    /// folded once for all of them.
    public func answers(to requests: [ViewRequest]) throws(ViewError) -> [ViewAnswer] {
        var bases = try ViewBases(reader)
        while true {
            do throws(ViewError) {
                var batch = try AnswerBatch(requests, self, bases)
                return try batch.run()
            } catch let error where error.code == .expired {
                // Retention may have moved R since the bases were looked for. Where it has not, the past asked for is gone.
                let moved = try ViewBases(reader)
                guard moved.boundary > bases.boundary else { throw error }
                bases = moved
            }
        }
    }

    /// The views that `projector` keeps; none when it has not run here yet.
    public func storedViews(_ projector: String = "main") throws(ViewError) -> [StoredView] {
        do throws(ViewError) {
            return try stores.read(projector) { store throws(ViewError) in try store.views() }
        } catch let error where error.code == .noStore {
            return []
        }
    }

    /// Where the log ends now.
    public func durable() throws(ViewError) -> Offset {
        try typed(at: path) { try reader.durable() }
    }
}
