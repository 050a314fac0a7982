internal import VarveEvents

extension AlertHistory {
    /// Everything that was said and holds, of all alerts, in the order of event time.
    public var allChanges: [SaidChange] {
        said.values.flatMap { $0 }.sorted { ($0.change.at, $0.alertID) < ($1.change.at, $1.alertID) }
    }
}
