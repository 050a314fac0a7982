// One call answers any query of a view, whether the answer is kept by its projector, must be folded from the log, or both:
//
//                        kept cells of whole buckets ┐
//     ViewRequest ──▶    base and segment states     ├─ merge ─▶ rows ─▶ ViewAnswer
//                        events of partial ends      ┘
//
// All parts cover the same prefix of the log: folding ends where the kept cells end.

internal import VarveDisk
public import VarveEvents
public import VarveLog
internal import VarveProjections

/// The views of one data directory, opened for queries.
///
///     let views = try ViewAnswers.open(at: "data")
///     let answer = try views.answer(ViewRequest(view, bucket: .hour, from: start, to: end))
///     print(answer.rows.count, answer.offset, answer.behindEvents)
///
/// Safe to call from many threads. Blocks the calling thread: do not call it on the cooperative pool.
public final class ViewAnswers: Sendable {
    /// The data directory.
    public let path: String
    let reader: LogReader
    let cache: SegmentStates?
    let threads: Int
    let stores: StorePool

    /// Opens the views of the log of `reader`, whose data directory is `data`. Writes nothing except the cache of segment
    /// states.
    ///
    /// - Parameter threads: how many threads fold at a time, including the calling one.
    /// - Parameter usesCache: whether states of sealed segments are read from and saved in `states/`.
    public init(_ reader: LogReader, at data: String, threads: Int = 2, usesCache: Bool = true) {
        path = data
        self.reader = reader
        cache = usesCache ? SegmentStates(at: data, disk: RealDisk()) : nil
        self.threads = threads
        stores = StorePool(at: data)
    }

    /// Opens the data directory `data`, which must contain a log. See `init` for the parameters.
    public static func open(
        at data: String, threads: Int = 2, usesCache: Bool = true
    ) throws(ViewError) -> ViewAnswers {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        return ViewAnswers(reader, at: data, threads: threads, usesCache: usesCache)
    }

    /// Answers one request.
    ///
    /// - Throws: `.noStore`, `.unknownView` and `.outdatedView` when the requested projector does not keep the view,
    ///   `.badQuery` for a bucket, column or table that the view does not have, `.expired` when the requested past has expired,
    ///   and errors of reading store and log.
    public func answer(_ request: ViewRequest) throws(ViewError) -> ViewAnswer {
        try answers(to: [request])[0]
    }

    /// Answers several requests in one pass: each projector's store is read in one transaction, and the log is folded once for
    /// all of them.
    public func answers(to requests: [ViewRequest]) throws(ViewError) -> [ViewAnswer] {
        var bases = try ViewBases(reader)
        while true {
            do throws(ViewError) {
                var batch = try AnswerBatch(requests, self, bases)
                return try batch.run()
            } catch let error where error.code == .expired {
                // Retention may have moved R since the bases were read. If it has not, the requested past has really expired.
                let moved = try ViewBases(reader)
                guard moved.boundary > bases.boundary else { throw error }
                bases = moved
            }
        }
    }

    /// The views that `projector` keeps; empty when it has not run yet.
    public func storedViews(_ projector: String = "main") throws(ViewError) -> [StoredView] {
        do throws(ViewError) {
            return try stores.read(projector) { store throws(ViewError) in try store.views() }
        } catch let error where error.code == .noStore {
            return []
        }
    }

    /// The current end of the log.
    public func durable() throws(ViewError) -> Offset {
        try typed(at: path) { try reader.durable() }
    }
}
