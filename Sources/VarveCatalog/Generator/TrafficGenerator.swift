/// Generates the resilience traffic of a booking site: the same events for the same options on every platform.
///
/// Time is divided into as many slots as there are events, dense by day and sparse by night. Each slot takes the earliest event
/// that is already planned (the end of an action that was started, the next attempt of a retry); if none is due, a user does
/// something new. So events are in time order, ends follow their starts, and the number of events is exact. Then one in a
/// hundred is delayed behind a few others, as in networks.
///
/// Sessions occupy the places of a ring with Zipf weights, each until the next session takes its place: so sessions are active
/// for about half an hour, some much more than others, and each belongs to one user.
public struct TrafficGenerator: Sendable {
    public let options: TrafficOptions
    /// The incident: what fails, where and when.
    public var incident: TrafficIncident { shape.incident }
    /// The number of events generated so far.
    public private(set) var made = 0

    private let shape: TrafficShape
    private let spread = TrafficShape.spread
    private let components: WeightedChoice
    private let places: WeightedChoice
    private var random: RandomStream
    private var pending = PendingEvents()
    private var slot = 0
    private var hour = 0
    private var actions: UInt32 = 0
    /// The newest session, and the progress towards the next one, in sessions × events.
    private var youngestSession: UInt32
    private var sessionProgress = 0
    private let sessions: Int
    private let users: UInt64
    private var held: TrafficEvent?
    private var heldFor = 0

    public init(_ options: TrafficOptions) {
        self.options = options
        shape = TrafficShape(events: options.events, days: options.days, start: options.start)
        sessions = max(64, options.events / 58)
        users = UInt64(max(16, sessions / 5))
        let ring = min(max(sessions / (options.days * 48), 8), 4_096)
        components = WeightedChoice(weights: TrafficShape.zipf(TrafficNames.components.count, gentle: false))
        places = WeightedChoice(weights: TrafficShape.zipf(ring, gentle: true))
        youngestSession = UInt32(ring)
        ringSize = UInt32(ring)
        random = RandomStream(seed: options.seed)
    }

    private let ringSize: UInt32

    /// The next event; nil after the last one.
    mutating func next() -> TrafficEvent? {
        guard made < options.events else { return nil }
        made += 1
        if let event = held {
            if heldFor == 0 || slot == options.events {
                held = nil
                return event
            }
            heldFor -= 1
        }
        let event = nextInOrder()
        guard held == nil, slot < options.events, random.chance(perMille: 10) else { return event }
        held = event
        heldFor = Int(random.below(4))
        return nextInOrder()
    }

    private mutating func nextInOrder() -> TrafficEvent {
        let now = nextSlotTime()
        let event = pending.due <= now ? pending.removeEarliest() : somethingNew(at: now)
        addConsequences(of: event)
        return event
    }

    private mutating func nextSlotTime() -> Int64 {
        while slot >= shape.cumulative[hour] { hour += 1 }
        let first = hour == 0 ? 0 : shape.cumulative[hour - 1]
        let inHour = Int64(shape.cumulative[hour] - first)
        let jitter = Int64(random.below(UInt64(TrafficShape.hour)))
        let time = (Int64(slot - first) * TrafficShape.hour + jitter) / inHour
        slot += 1
        sessionProgress += sessions
        while sessionProgress >= options.events {
            sessionProgress -= options.events
            youngestSession += 1
        }
        return shape.start + Int64(hour) * TrafficShape.hour + time
    }

    private mutating func somethingNew(at time: Int64) -> TrafficEvent {
        let component = UInt8(components.draw(&random))
        let place = UInt32(places.draw(&random))
        let session = youngestSession - (youngestSession + ringSize - place) % ringSize
        let mixed = RandomStream.mixed(options.seed ^ UInt64(session)) >> 32
        // Squaring makes some users much more frequent than others.
        let user = UInt32((((mixed * mixed) >> 32) * users) >> 32) + 1
        var event = TrafficEvent(time: time, signal: .actionStart, component: component, session: session, user: user)
        let kind = random.below(1_000)
        // The borders between families of signals, out of 1,000.
        let bounds: (action: UInt64, skeleton: UInt64, retry: UInt64, click: UInt64) =
            TrafficNames.components[Int(component)].loads ? (250, 780, 940, 985) : (640, 740, 860, 985)
        if kind < bounds.action {
            actions += 1
            event.action = actions
        } else if kind < bounds.skeleton {
            event.signal = .skeletonShown
        } else if kind < bounds.retry {
            event.signal = .retryAttempt
            event.detail = UInt8(random.below(UInt64(TrafficNames.endpoints.count)))
            event.retryCount = 1
        } else if kind < bounds.click {
            event.signal = .clickSuppressed
            event.detail = random.chance(perMille: 620) ? 0 : 1
        } else {
            event.signal = .boundaryTriggered
            event.detail = UInt8(random.below(UInt64(TrafficNames.errors.count)))
        }
        return event
    }

    /// Plans the events that follow from `event`.
    private mutating func addConsequences(of event: TrafficEvent) {
        let failing = TrafficIncident.componentNumbers.contains(event.component) && incident.range.contains(event.time)
        switch event.signal {
        case .actionStart: endAction(event, failing)
        case .actionRollback: if random.chance(perMille: 300) { startRetries(after: event) }
        case .retryAttempt: endAttempt(event, failing)
        case .skeletonShown:
            plan(event, .skeletonHidden, after: duration(of: event, base: 1_800, step: 350, failing))
        case .boundaryTriggered:
            guard random.chance(perMille: failing ? 780 : 965) else { return }
            var recovered = event
            recovered.outcome = UInt8(random.below(UInt64(TrafficNames.recoveryMethods.count)))
            plan(recovered, .boundaryRecovered, after: duration(of: event, base: 1_500, step: 120, failing))
        case .actionSuccess, .retrySuccess, .retryFailure, .boundaryRecovered, .skeletonHidden, .clickSuppressed: break
        }
    }

    private mutating func endAction(_ start: TrafficEvent, _ failing: Bool) {
        let took = duration(of: start, base: 600, step: 130, failing)
        // Two to five per cent, depending on the component.
        let usual = 20 + UInt64(start.component) * 7 % 31
        guard random.chance(perMille: failing ? 380 : usual) else { return plan(start, .actionSuccess, after: took) }
        var end = start
        end.detail = UInt8(random.below(UInt64(TrafficNames.rollbackReasons.count)))
        plan(end, .actionRollback, after: took)
    }

    private mutating func startRetries(after rollback: TrafficEvent) {
        var attempt = rollback
        attempt.detail = UInt8(random.below(UInt64(TrafficNames.endpoints.count)))
        attempt.retryCount = 1
        attempt.backoff = 100
        attempt.tenths = 0
        attempt.time += 100
        attempt.signal = .retryAttempt
        pending.add(attempt)
    }

    /// Attempts wait 200, 400 … ms plus jitter; the fourth failure ends the sequence. `tenths` accumulates from the first
    /// attempt.
    private mutating func endAttempt(_ attempt: TrafficEvent, _ failing: Bool) {
        let took = duration(of: attempt, base: 900, step: 110, failing)
        var end = attempt
        end.tenths = attempt.tenths &+ took
        end.time += Int64(took) / 10
        if random.chance(perMille: failing ? 150 : 440) {
            end.signal = .retrySuccess
        } else if attempt.retryCount >= 4 || random.chance(perMille: 80) {
            end.signal = .retryFailure
            end.outcome = UInt8(random.below(UInt64(TrafficNames.finalErrors.count)))
        } else {
            let wait = UInt64(100) << UInt64(attempt.retryCount)
            end.backoff = UInt16(wait + random.below(wait / 2))
            end.retryCount += 1
            end.time += Int64(end.backoff)
            end.tenths &+= UInt32(end.backoff) * 10
        }
        pending.add(end)
    }

    private mutating func plan(_ event: TrafficEvent, _ signal: TrafficSignal, after tenths: UInt32) {
        var end = event
        end.signal = signal
        end.tenths = tenths
        end.time += Int64(tenths) / 10
        pending.add(end)
    }

    /// Tenths of a millisecond; the median depends on the component, and is four times as long during a failure.
    private mutating func duration(of event: TrafficEvent, base: UInt64, step: UInt64, _ failing: Bool) -> UInt32 {
        let median = base + UInt64(event.component) * 11 % 17 * step
        return TrafficShape.duration(median: failing ? median * 4 : median, &random, spread)
    }
}
