public import VarveEvents
public import VarveLog

/// What is in a log, said in numbers and a few sentences. All of it is true of the events that retention has left.
public struct Overview: Sendable {
    /// One signal.
    public struct Signal: Sendable {
        public var name: String
        public var events: Int64
        public var first: Timestamp
        public var last: Timestamp
    }

    /// A number that events of a signal carry.
    public struct Number: Sendable {
        public var field: String
        public var signal: String
        public var count: Int64
        public var p50: Double
        public var p95: Double
        public var max: Double
    }

    /// The most frequent values of a field.
    public struct Values: Sendable {
        public var field: String
        /// Exact up to 65,536.
        public var distinct: Int64
        public var top: [(value: String, count: Int64)]
    }

    /// Something that stands out.
    public struct Note: Sendable {
        public var text: String
        /// The built-in view that shows it, or `query`.
        public var view: String
        /// What the events have in common.
        public var filter: [(field: String, value: String)]
        /// The hour in which it begins.
        public var time: Timestamp
        /// Arguments of `varve query` that show it.
        public var query: String
    }

    /// All events below were looked at, from where retention has left some.
    public var offset = Offset(0)
    /// When the last of them was appended.
    public var time: Timestamp?
    public var events: UInt64
    /// Nil for an empty log.
    public var first: Timestamp?
    public var last: Timestamp?
    /// By number of events, the most frequent first.
    public var signals: [Signal]
    public var numbers: [Number]
    public var values: [Values]
    /// What stands out most comes first.
    public var notes: [Note]
    public var damaged: [DamagedRange]
}
