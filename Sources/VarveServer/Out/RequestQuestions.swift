internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire

/// The parts that questions have in common, as a query has them: the names are those of the commands' flags.
extension QueryText {
    /// Event time from and to, with the zone of the view that is asked.
    func range(in zone: BucketZone = .utc) throws(Problem) -> (from: Timestamp?, to: Timestamp?) {
        let (from, to) = (try moment("from", zone), try moment("to", zone))
        if let from, let to, from >= to { throw .badParameter("from", "it must be before to") }
        return (from, to)
    }

    private func moment(_ name: String, _ zone: BucketZone) throws(Problem) -> Timestamp? {
        guard let text = first(name) else { return nil }
        guard let moment = MomentText(text) else {
            throw .badParameter(name, MomentText.forms)
        }
        return moment.hasZone ? moment.timestamp : zone.moment(local: moment.timestamp)
    }

    /// A prefix of the log: an offset, or a time of appending.
    func asOf() throws(Problem) -> AsOf? {
        guard let text = first("at") else { return nil }
        if let offset = UInt64(text) { return .offset(Offset(offset)) }
        guard let moment = MomentText(text) else { throw .badParameter("at", "an offset, or a time: \(MomentText.forms)") }
        return .time(moment.timestamp)
    }

    func conditions() throws(Problem) -> [FieldCondition] {
        var all: [FieldCondition] = []
        for text in self.all("where") {
            do { all.append(try FieldCondition(parsing: text)) } catch { throw .badParameter("where", "\(error)") }
        }
        return all
    }

    func bucket() throws(Problem) -> BucketLevel? {
        guard let text = first("bucket") else { return nil }
        guard let level = BucketLevel(named: text) else { throw .badParameter("bucket", "minute, hour, day or all") }
        return level
    }

    func order(_ limits: ServerLimits) throws(Problem) -> RowOrder {
        let top = try number("top", in: 1...limits.rowsPerAnswer)
        let limit = try number("limit", in: 1...limits.rowsPerAnswer)
        return RowOrder(sort: first("sort"), top: top, limit: limit ?? limits.rowsPerAnswer)
    }

    /// Which events: as `cat` chooses them.
    func filter() throws(Problem) -> LogFilter {
        var filter = LogFilter()
        (filter.from, filter.to) = try range()
        filter.signals = all("signal")
        (filter.session, filter.user, filter.component, filter.id) = (
            first("session"), first("user"), first("component"), first("id")
        )
        filter.conditions = try conditions()
        return filter
    }

    static let filterNames: Set<String> = ["from", "to", "signal", "session", "user", "component", "id", "where"]
}
