// Deliveries: each is recorded before it is made and after, so that a kill in between sends it again under the same key and never
// forgets it. One worker for each channel; what one receiver does holds up no other.

internal import Logging
internal import VarveDisk
internal import VarveEvents
internal import VarveOutbound
internal import VarveWorkspace

actor Notifier {
    private struct Delivery: Sendable {
        var notice: AlertNotice
        var channel: String
        var key: String
        /// Channels that were tried before this one.
        var tried: [String]
        /// Whether it only says once more what was said, to a receiver that forgets.
        var isRepeat = false
    }

    private let settings: DeliverySettings
    private let system: Workspace?
    private let logger: Logger
    private var log: NotificationLog
    private var queues: [String: [Delivery]] = [:]
    private let wakes: AsyncStream<String>
    private let wake: AsyncStream<String>.Continuation
    private var lastSends: [String: [Int64]] = [:]

    /// - Parameter system: Where `notification.*` events go; nil records nothing.
    init(_ settings: DeliverySettings, system: Workspace?, log: NotificationLog, logger: Logger) {
        self.settings = settings
        self.system = system
        self.log = log
        self.logger = logger
        (wakes, wake) = AsyncStream<String>.makeStream()
    }

    private nonisolated var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    // MARK: What is told

    /// Takes notices, each to the channels of its rule. Who is not told, and why, is recorded too.
    func tell(_ notices: [AlertNotice], suppression: @Sendable (SaidChange) -> String?) async {
        for notice in notices {
            for name in notice.first?.channels ?? [] {
                var own = notice
                own.alerts = notice.alerts.filter { !log.isSettled($0, notice.status, on: name) }
                guard !own.alerts.isEmpty else { continue }
                await begin(own, name, suppression)
            }
        }
    }

    /// Who is told of a change: whom the rule and its routes name, unless that was decided before a restart; and of an end those
    /// who were told the beginning.
    func channels(_ change: SaidChange, _ status: AlertNotice.Status, _ named: [String]) -> [String] {
        let before = log.channels(change, status)
        let told = status == .resolved ? (log.told[change.alertID] ?? []).sorted() : []
        let all = before.isEmpty ? named + told : before + change.channels
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }

    /// Tells further channels of alerts that nobody has taken on; each once for each firing.
    func escalate(_ notice: AlertNotice, to channels: [String], suppression: @Sendable (SaidChange) -> String?) async {
        for name in channels {
            var own = notice
            own.alerts = notice.alerts.filter { !log.channels($0, .firing).contains(name) }
            guard !own.alerts.isEmpty else { continue }
            await begin(own, name, suppression)
        }
    }

    private func begin(_ notice: AlertNotice, _ name: String, _ suppression: @Sendable (SaidChange) -> String?) async {
        guard settings.channel(name) != nil else {
            return await suppress(notice, name, "there is no channel '\(name)'")
        }
        var sent = notice
        var muted: [(SaidChange, String)] = []
        sent.alerts = notice.alerts.filter { alert in
            // Who was told that it fires is told that it is over, muted or not.
            let wasTold = log.told[alert.alertID]?.contains(name) ?? false
            let why = notice.status == .firing ? suppression(alert) : wasTold ? nil : "nobody was told there that it fires"
            if let why { muted.append((alert, why)) }
            return why == nil
        }
        for (alert, why) in muted {
            var one = notice
            one.alerts = [alert]
            await suppress(one, name, why)
        }
        guard !sent.alerts.isEmpty else { return }
        let key = sent.key(name)
        await record(NotificationLog.event(NotificationLog.intended, sent, channel: name, key: key, at: now))
        queues[name, default: []].append(Delivery(notice: sent, channel: name, key: key, tried: []))
        wake.yield(name)
    }

    private func suppress(_ notice: AlertNotice, _ name: String, _ why: String) async {
        let event = NotificationLog.event(
            NotificationLog.suppressed, notice, channel: name, key: notice.key(name), at: now, [Attribute("reason", .string(why))]
        )
        await record(event)
    }

    private func record(_ event: Event) async {
        log.add(event)
        do {
            try await system?.append([event])
        } catch {
            logger.error("a notification could not be recorded", metadata: ["error": "\(error)"])
        }
    }

    /// Says to Alertmanagers once more what fires: they take an alert for over when it is not repeated.
    func again(_ notices: [AlertNotice]) {
        for notice in notices {
            for name in notice.first?.channels ?? [] where settings.channel(name)?.kind == .alertmanager {
                var own = notice
                own.alerts = notice.alerts.filter { log.told[$0.alertID]?.contains(name) ?? false }
                guard !own.alerts.isEmpty, queues[name, default: []].isEmpty else { continue }
                queues[name, default: []].append(
                    Delivery(notice: own, channel: name, key: own.key(name), tried: [], isRepeat: true))
                wake.yield(name)
            }
        }
    }

    // MARK: How it is sent

    /// Delivers until it is cancelled. What is not delivered then is delivered after the next start.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            // A worker ends when its channel's queue is empty, or when there is another one.
            for await name in wakes where !Task.isCancelled { group.addTask { await self.work(name) } }
            group.cancelAll()
        }
    }

    nonisolated func stop() { wake.finish() }

    private var busy: Set<String> = []

    private func work(_ name: String) async {
        guard busy.insert(name).inserted else { return }
        defer { busy.remove(name) }
        while !Task.isCancelled, let delivery = queues[name]?.first {
            guard await deliver(delivery) else { return }
            queues[name]?.removeFirst()
        }
    }

    /// True when it is known what became of it; false when it was stopped.
    private func deliver(_ delivery: Delivery) async -> Bool {
        guard let channelSettings = settings.channel(delivery.channel) else { return true }
        let channel = Channel(channelSettings, settings.addresses)
        var attempt = 0
        while !Task.isCancelled {
            guard await pace(delivery.channel, channelSettings.perMinute) else { return false }
            attempt += 1
            let places = log.places(of: delivery.notice.alerts, on: delivery.channel)
            let (outcome, place) = await channel.deliver(delivery.notice, key: delivery.key, now: now, places: places)
            switch outcome {
            case .delivered:
                await settle(delivery, NotificationLog.delivered, attempt, place: place)
                return true
            case .refused(let cause, let why):
                await settle(delivery, NotificationLog.failed, attempt, cause, why)
                await fallBack(delivery)
                return true
            case .retry(let after, let cause, let why):
                guard let pause = settings.backoff.pause(after: attempt, spread: Double.random(in: 0...1)) else {
                    await settle(delivery, NotificationLog.failed, attempt, cause, why)
                    await fallBack(delivery)
                    return true
                }
                await settle(delivery, NotificationLog.retried, attempt, cause, why)
                // The next minute repeats it anyway.
                if delivery.isRepeat { return true }
                guard (try? await Task.sleep(for: .seconds(max(pause, after ?? 0)))) != nil else { return false }
            }
        }
        return false
    }

    private func settle(
        _ delivery: Delivery, _ signal: String, _ attempt: Int, _ cause: DeliveryOutcome.Cause? = nil, _ why: String? = nil,
        place: MessagePlace? = nil
    ) async {
        var more = [Attribute("attempt", .int64(Int64(attempt)))]
        if delivery.isRepeat { more.append(Attribute("repeat", .bool(true))) }
        if let cause { more.append(Attribute("cause", .string(cause.rawValue))) }
        if let why { more.append(Attribute("reason", .string(why))) }
        if let place {
            more.append(Attribute("message_conversation", .string(place.conversation)))
            more.append(Attribute("message_id", .string(place.message)))
        }
        let latency = Double(now.nanoseconds - delivery.notice.at.nanoseconds) / 1e9
        more.append(Attribute("since_evaluation_s", .double(latency)))
        await record(
            NotificationLog.event(signal, delivery.notice, channel: delivery.channel, key: delivery.key, at: now, more))
        guard signal == NotificationLog.failed else { return }
        logger.warning(
            "a notification was not delivered",
            metadata: ["channel": "\(delivery.channel)", "rule": "\(delivery.notice.rule)", "reason": "\(why ?? "")"])
    }

    /// Tells the next channel, once each.
    private func fallBack(_ delivery: Delivery) async {
        guard let next = settings.channel(delivery.channel)?.fallback, !delivery.tried.contains(next) else { return }
        let key = delivery.notice.key(next)
        guard !delivery.notice.alerts.allSatisfy({ log.isSettled($0, delivery.notice.status, on: next) }) else { return }
        await record(NotificationLog.event(NotificationLog.intended, delivery.notice, channel: next, key: key, at: now))
        queues[next, default: []].append(
            Delivery(notice: delivery.notice, channel: next, key: key, tried: delivery.tried + [delivery.channel]))
        wake.yield(next)
    }

    /// Waits until the channel may send again.
    private func pace(_ name: String, _ perMinute: Int) async -> Bool {
        while true {
            let now = now.nanoseconds
            let recent = (lastSends[name] ?? []).filter { now - $0 < 60_000_000_000 }
            lastSends[name] = recent
            guard recent.count >= perMinute, let first = recent.first else {
                lastSends[name, default: []].append(now)
                return true
            }
            let wait = Double(60_000_000_000 - (now - first)) / 1e9
            guard (try? await Task.sleep(for: .seconds(max(0.05, wait)))) != nil else { return false }
        }
    }
}
