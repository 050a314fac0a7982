/// Whether a state changes too often, as Nagios measures it (*Detection and Handling of State Flapping*): of the last 21 states
/// the share of changes, later changes counting up to half more than the earliest.
public struct FlapDetector: Hashable, Sendable {
    private var changes: [Bool] = []
    private var last: String?
    public private(set) var isFlapping = false
    /// The number of changes seen.
    public private(set) var total = 0

    private static let kept = 20
    /// Percent from which it flaps, and below which it no longer does.
    public static let high = 20.0
    public static let low = 5.0

    public init() {}

    /// Takes the next state.
    public mutating func next(_ state: String) {
        defer { last = state }
        guard let last else { return }
        changes.append(last != state)
        total += last != state ? 1 : 0
        if changes.count > Self.kept { changes.removeFirst() }
        if percent >= Self.high { isFlapping = true } else if percent < Self.low { isFlapping = false }
    }

    /// The weighted share of changes, in percent.
    public var percent: Double {
        var sum = 0.0
        // States that are not known yet count as unchanged.
        let missing = Self.kept - changes.count
        for (index, isChange) in changes.enumerated() where isChange {
            sum += 0.8 + 0.4 * Double(missing + index) / Double(Self.kept - 1)
        }
        return 100 * sum / Double(Self.kept)
    }
}
