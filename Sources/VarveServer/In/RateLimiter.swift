internal import Synchronization

/// So many requests a minute of each name, with a minute's worth at once. Names are forgotten when they have all of it again; of
/// very many names at once the rest share one.
final class RateLimiter: Sendable {
    private struct Bucket: Sendable {
        var left: Double
        var at: ContinuousClock.Instant
    }

    private let buckets = Mutex<[String: Bucket]>([:])
    private static let namesMax = 65_536
    private static let others = "\u{0}others"

    /// Seconds after which the next one may come; nil when this one may.
    func wait(_ name: String, perMinute: Int, now: ContinuousClock.Instant = .now) -> Int? {
        let most = Double(perMinute)
        return buckets.withLock { buckets in
            if buckets.count >= Self.namesMax, buckets[name] == nil {
                buckets = buckets.filter { $0.value.left + Self.gained(since: $0.value.at, now, most) < most }
            }
            let name = buckets.count >= Self.namesMax && buckets[name] == nil ? Self.others : name
            var bucket = buckets[name] ?? Bucket(left: most, at: now)
            bucket.left = min(most, bucket.left + Self.gained(since: bucket.at, now, most))
            bucket.at = now
            let wait: Int? = bucket.left >= 1 ? nil : max(1, Int(((1 - bucket.left) * 60 / most).rounded(.up)))
            if wait == nil { bucket.left -= 1 }
            buckets[name] = bucket
            return wait
        }
    }

    private static func gained(since then: ContinuousClock.Instant, _ now: ContinuousClock.Instant, _ most: Double) -> Double {
        max(0, (now - then) / .seconds(60)) * most
    }

    func check(_ name: String, perMinute: Int) throws(Problem) {
        guard let seconds = wait(name, perMinute: perMinute) else { return }
        throw Problem(429, "too_many_requests", "more than \(perMinute) requests a minute", retryAfter: seconds)
    }
}
