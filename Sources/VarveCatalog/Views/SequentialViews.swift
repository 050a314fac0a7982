public import VarveProjections

/// The built-in views that are folded in order.
extension Catalog {
    public static let sequentialViews: [any SequentialProjection] = [sessions]

    /// Sessions of any system that names them: events of one session, apart by half an hour at most.
    public static let sessions = SessionDefinition(
        "sessions", key: ["session"], gapSeconds: 1_800, attributes: [.last("user"), .first("component")],
        limits: SequentialLimits(entries: 500_000))
}
