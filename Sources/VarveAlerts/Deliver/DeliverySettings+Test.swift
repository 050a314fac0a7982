internal import VarveDisk
internal import VarveEvents
internal import VarveOutbound

extension DeliverySettings {
    /// Tries the channel `name` once with a message that says it is a test. Nil when there is no such channel.
    ///
    /// - Returns: Whether it was delivered, and what became of it in words.
    public func sendTest(to name: String) async -> (isDelivered: Bool, text: String)? {
        guard let settings = channel(name) else { return nil }
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let notice = AlertNotice.test(isResolved: false, dashboard: dashboard, at: now)
        switch await Channel(settings, addresses).deliver(notice, key: "test-\(now.nanoseconds)", now: now) {
        case .delivered: return (true, "delivered")
        case .retry(_, let cause, let why): return (false, "not delivered, \(cause.rawValue): \(why)")
        case .refused(let cause, let why): return (false, "refused, \(cause.rawValue): \(why)")
        }
    }
}
