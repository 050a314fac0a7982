/// Counts store replacements. If a store is damaged again right after it was rebuilt, the disk does not keep what is written,
/// and rebuilding again and again would hide that.
struct StoreReplacements {
    private let clock = ContinuousClock()
    private var recent: [ContinuousClock.Instant] = []

    /// The most replacements per minute because of damage, and because of a missing file, before the projector gives up.
    private static let damagedMax = 1
    private static let missingMax = 20
    private static let span = Duration.seconds(60)

    /// Whether the store may be replaced now; if so, counts it. `isGone` means that its file was deleted or replaced.
    mutating func mayReplace(isGone: Bool) -> Bool {
        let now = clock.now
        recent.removeAll { now - $0 > Self.span }
        guard recent.count < (isGone ? Self.missingMax : Self.damagedMax) else { return false }
        recent.append(now)
        return true
    }
}
