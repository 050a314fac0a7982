public import VarveEvents
public import VarveLog
public import VarveProjections

/// The answer to a query of the log.
public struct QueryAnswer: Sendable {
    public var request: QueryRequest
    /// The view definition made from the query.
    public var definition: ViewDefinition
    /// Time, dimensions and the requested measures.
    public var rows: [ViewRow]
    /// The number of rows before `order` limited them.
    public var rowCount: Int
    /// The answer covers the events from this offset on; earlier ones had been removed by retention.
    public var from: Offset
    /// The answer covers the events below this offset.
    public var upTo: Offset
    /// The append time of the last of them; nil when there is none or it cannot be read.
    public var time: Timestamp?
    /// The end of the log at that time.
    public var durable: Offset
    /// Durable events that the answer does not cover.
    public var behindEvents: UInt64 { durable > upTo ? durable.value - upTo.value : 0 }
    /// Events examined, whether they match or not.
    public var events: UInt64
    /// Segments that were read.
    public var segments: Int
    /// Time from opening the log to the rows.
    public var seconds: Double
    /// Damage met, in offset order.
    public var damaged: [DamagedRange]
    /// Whether combinations of dimension values were folded into `__other__`.
    public var hasOther: Bool { rows.contains(where: \.isOther) }
}
