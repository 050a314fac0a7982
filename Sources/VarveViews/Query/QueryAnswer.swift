public import VarveEvents
public import VarveLog
public import VarveProjections

/// What a question to the log gave.
public struct QueryAnswer: Sendable {
    public var request: QueryRequest
    /// The view that was made of it.
    public var definition: ViewDefinition
    /// Time, dimensions and the measures asked for.
    public var rows: [ViewRow]
    /// Rows there were before `order` left some out.
    public var rowCount: Int
    /// Events below had been removed by retention.
    public var from: Offset
    /// The first offset that was left out.
    public var upTo: Offset
    /// When the last event below was appended; nil when there is none, or when it cannot be read.
    public var time: Timestamp?
    /// Where the log ended.
    public var durable: Offset
    /// Events that are durable and not in it.
    public var behindEvents: UInt64 { durable > upTo ? durable.value - upTo.value : 0 }
    /// Events of the range that were looked at, whether they match or not.
    public var events: UInt64
    /// Segments that were read.
    public var segments: Int
    /// From opening the log to rows.
    public var seconds: Double
    /// What could not be read, in the order of offsets.
    public var damaged: [DamagedRange]
    /// Whether combinations of dimension values were folded into `__other__`.
    public var hasOther: Bool { rows.contains(where: \.isOther) }
}
