internal import VarveEvents

/// How long an append of level `interval` waits for its sync at most.
public struct SyncInterval: Hashable, Sendable {
    /// Shorter is no gain over `sync`, where one fdatasync takes 5 to 30 ms; longer is more than a person should lose.
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
