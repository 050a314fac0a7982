internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// The state of a projector as seen from outside.
public struct ProjectorStatus: Hashable, Sendable {
    public enum State: String, Sendable {
        /// It reported within the last seconds.
        case running
        /// It reported that it is running but has been silent since: it was killed or is stuck.
        case stalled
        case stopped
        /// It is paused before an event that a projection cannot process.
        case paused
    }

    public var name: String
    public var state: State
    /// Its views contain all events below this offset.
    public var offset: Offset
    public var durable: Offset
    /// How many events it has not folded, and for how long the first of them has been in the log.
    public var lagEvents: UInt64
    public var lagSeconds: Double
    public var eventsPerSecond: UInt64
    /// The time to catch up at that speed; nil when it is not moving.
    public var etaSeconds: Double?
    /// The append time of the first event that it has not folded; nil when there is none.
    public var firstUnread: Timestamp?
    /// The time of its last report.
    public var updated: Timestamp

    /// The seconds until retention removes an event that the projector has not read, if events are kept for `seconds`; nil when
    /// it has read all. Negative when the event is kept only for the projector.
    public func secondsUntilUnreadIsDeleted(keeping seconds: Double, now: Timestamp) -> Double? {
        firstUnread.map { seconds - Double(now.nanoseconds - $0.nanoseconds) / 1e9 }
    }

    /// A running projector that is silent for longer than this, several heartbeats, counts as stalled.
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

    /// The append time of the first readable event from `offset` on.
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
