public import VarveEvents

/// Which signals and columns occur in a log.
public struct LogFields: Sendable {
    public internal(set) var signals: Set<String> = []
    public internal(set) var columns: Set<ColumnKey> = []

    public init() {}

    /// The attributes' names.
    public var attributes: Set<String> { Set(columns.filter { $0.scope == .attribute }.map(\.name)) }
}
