public import VarveEvents

/// Why a projection cannot fold an event.
public struct PoisonedEvent: Error, Hashable, Sendable, CustomStringConvertible {
    public var view: String
    public var offset: Offset
    /// What is wrong with the event.
    public var reason: String

    public init(view: String, offset: Offset, reason: String) {
        self.view = view
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "view \(view) cannot fold event \(offset): \(reason)" }
}
