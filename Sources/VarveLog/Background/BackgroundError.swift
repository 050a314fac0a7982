public import VarveEvents

/// Something that went wrong behind the answers: no append failed for it, and somebody should know.
public struct BackgroundError: Hashable, Sendable, CustomStringConvertible {
    /// When it was first met, by the wall clock.
    public var since: Timestamp
    /// Which work, and on what: `seal 00000000000000000000.seg`, `clock`, `ids`.
    public var place: String
    /// A sentence.
    public var message: String
    /// How often it was met.
    public var count: Int

    public init(since: Timestamp, place: String, message: String, count: Int = 1) {
        self.since = since
        self.place = place
        self.message = message
        self.count = count
    }

    public var description: String { "\(place): \(message)" + (count > 1 ? " (\(count) times)" : "") }
}
