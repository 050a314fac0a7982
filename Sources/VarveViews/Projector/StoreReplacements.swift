/// How often a store has been replaced. A store that is damaged again right after it was built anew is on a disk that does not
/// keep what it is given, and building it again and again would hide that.
struct StoreReplacements {
    private let clock = ContinuousClock()
    private var recent: [ContinuousClock.Instant] = []

    /// Replacements within the last minute after which damage, or a missing file, ends the projector.
    private static let damagedMost = 1
    private static let goneMost = 20
    private static let span = Duration.seconds(60)

    /// Whether the store may be replaced now; if so, it counts. `isGone`: somebody deleted or replaced its file.
    mutating func mayReplace(isGone: Bool) -> Bool {
        let now = clock.now
        recent.removeAll { now - $0 > Self.span }
        guard recent.count < (isGone ? Self.goneMost : Self.damagedMost) else { return false }
        recent.append(now)
        return true
    }
}
