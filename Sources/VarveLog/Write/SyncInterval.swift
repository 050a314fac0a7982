internal import VarveEvents

/// The longest time that an append of level `interval` waits for its sync.
public struct SyncInterval: Hashable, Sendable {
    /// In milliseconds. Shorter gains nothing over `sync`, where an fdatasync takes 5 to 30 ms; longer risks losing too much.
    public static let allowed = 50...1_000
    public static let usual = SyncInterval(allowed: 200)

    public let milliseconds: Int

    /// Nil outside of `allowed`.
    public init?(milliseconds: Int) {
        guard Self.allowed.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    private init(allowed milliseconds: Int) { self.milliseconds = milliseconds }

    var nanoseconds: Int64 { Int64(milliseconds) * 1_000_000 }
}
