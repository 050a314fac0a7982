/// What an HTTP status means for a delivery: the one table.
public enum StatusRule {
    /// - Parameter retryAfter: The header of that name.
    public static func outcome(_ status: Int, retryAfter: String?, now: Double) -> DeliveryOutcome {
        let after = retryAfter.flatMap { seconds($0, now: now) }
        switch status {
        case 200...299: return .delivered
        case 429: return .retry(after: after, .rateLimited, "status 429")
        case 408, 425: return .retry(after: after, .receiver, "status \(status)")
        case 500...599: return .retry(after: after, .receiver, "status \(status)")
        case 300...399: return .refused(.refused, "status \(status): redirections are not followed")
        default: return .refused(.refused, "status \(status)")
        }
    }

    /// `Retry-After`: seconds, or a date. At most an hour is obeyed.
    static func seconds(_ text: String, now: Double) -> Double? {
        if let number = Double(text), number.isFinite { return min(max(0, number), 3_600) }
        guard let date = HTTPDate.seconds(text) else { return nil }
        return min(max(0, date - now), 3_600)
    }
}
