internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// How a projector is doing, seen from outside.
public struct ProjectorStatus: Hashable, Sendable {
    public enum State: String, Sendable {
        /// It said so within the last seconds.
        case running
        /// It said that it runs, and has been silent since: killed, or stuck.
        case stalled
        case stopped
        /// It stands before an event that a projection cannot take.
        case paused
    }

    public var name: String
    public var state: State
    /// Everything below is in its views.
    public var offset: Offset
    public var durable: Offset
    /// Events that it has not folded, and for how long the first of them has been in the log.
    public var lagEvents: UInt64
    public var lagSeconds: Double
    public var eventsPerSecond: UInt64
    /// When it will have caught up at that speed; nil when it is not moving.
    public var etaSeconds: Double?
    /// The append time of the first event it has not folded; nil when there is none.
    public var firstUnread: Timestamp?
    /// When it was last heard of.
    public var updated: Timestamp

    /// How long until retention removes an event that the projector has not read, when events are kept for `seconds`; nil when
    /// it has read all. Negative when the event waits for the projector alone.
    public func secondsUntilUnreadIsDeleted(keeping seconds: Double, now: Timestamp) -> Double? {
        firstUnread.map { seconds - Double(now.nanoseconds - $0.nanoseconds) / 1e9 }
    }

    /// Silence of a running projector that is not normal: several heartbeats.
    private static let silence = 20.0

    /// All registered projectors of a data directory, by name.
    public static func all(at data: String, now: Timestamp? = nil) throws(ViewError) -> [ProjectorStatus] {
        let now = now ?? Timestamp(nanoseconds: wallClockNanoseconds())
        let projectors = try Registry(at: data).projectors()
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        let durable = try typed(at: data) { try reader.durable() }
        var all: [ProjectorStatus] = []
        for projector in projectors {
            let behind = durable > projector.offset
            let unread = behind ? try typed(at: data) { try appended(projector.offset, reader, durable) } : nil
            let isSilent = Self.seconds(projector.updated, now) > silence
            let lag = behind ? durable.value - projector.offset.value : 0
            all.append(
                ProjectorStatus(
                    name: projector.name, state: state(projector.state, isSilent),
                    offset: projector.offset, durable: durable, lagEvents: lag,
                    lagSeconds: unread.map { max(0, Self.seconds($0, now)) } ?? 0, eventsPerSecond: projector.eventsPerSecond,
                    etaSeconds: lag == 0
                        ? 0 : projector.eventsPerSecond == 0 ? nil : Double(lag) / Double(projector.eventsPerSecond),
                    firstUnread: unread, updated: projector.updated))
        }
        return all
    }

    private static func state(_ said: RegisteredProjector.State, _ isSilent: Bool) -> State {
        switch said {
        case .running: isSilent ? .stalled : .running
        case .stopped: .stopped
        case .paused: .paused
        }
    }

    private static func seconds(_ from: Timestamp, _ to: Timestamp) -> Double {
        (Double(to.nanoseconds) - Double(from.nanoseconds)) / 1e9
    }

    /// The append time of the first event from `offset` on that can be read.
    private static func appended(_ offset: Offset, _ reader: LogReader, _ durable: Offset) throws -> Timestamp? {
        struct Found: Error { var time: Int64 }
        let first = max(offset.value, try reader.retained().value)
        do {
            let cursor = LogCursor(reader, select: ColumnSelection(keys: [], times: false, observed: true))
            try cursor.scan(first..<durable.value, durable: durable) { batch in
                if let time = batch.observed.first { throw Found(time: time) }
            }
            return nil
        } catch let found as Found {
            return Timestamp(nanoseconds: found.time)
        }
    }
}
