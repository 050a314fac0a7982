public import VarveEvents
public import VarveLog
public import VarveProjections

/// A summary of a log in numbers and a few sentences. It covers the events that retention has left.
public struct Overview: Sendable {
    /// One signal.
    public struct Signal: Sendable {
        public var name: String
        public var events: Int64
        public var first: Timestamp
        public var last: Timestamp
    }

    /// A numeric field of a signal's events.
    public struct Number: Sendable {
        public var field: String
        public var signal: String
        public var count: Int64
        /// Within the relative error of quantiles, and never more than `max`.
        public var p50: ViewValue
        public var p95: ViewValue
        /// The largest value itself, with all digits.
        public var max: ViewValue
    }

    /// The most frequent values of a field.
    public struct Values: Sendable {
        public var field: String
        /// Exact up to 65,536.
        public var distinct: Int64
        public var top: [(value: String, count: Int64)]
    }

    /// An outlier.
    public struct Note: Sendable {
        public var text: String
        /// The built-in view that shows it, or `query`.
        public var view: String
        /// What its events have in common.
        public var filter: [(field: String, value: String)]
        /// The hour in which it begins.
        public var time: Timestamp
        /// Arguments of `varve query` that show it.
        public var query: String
    }

    /// The overview covers the events from R up to this offset.
    public var offset = Offset(0)
    /// The append time of the last of them.
    public var time: Timestamp?
    /// R: retention has removed the offsets before it. 0 if nothing has expired.
    public var retained = Offset(0)
    /// The append time of the first event at or after R; nil if there is none.
    public var retainedSince: Timestamp?
    public var events: UInt64
    /// The first and last event time; nil for an empty log.
    public var first: Timestamp?
    public var last: Timestamp?
    /// Most frequent first.
    public var signals: [Signal]
    public var numbers: [Number]
    public var values: [Values]
    /// Most significant first.
    public var notes: [Note]
    public var damaged: [DamagedRange]
}
