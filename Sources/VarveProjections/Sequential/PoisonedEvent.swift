public import VarveEvents

/// Why a projection cannot take an event.
public struct PoisonedEvent: Error, Hashable, Sendable, CustomStringConvertible {
    public var view: String
    public var offset: Offset
    /// What about the event is wrong.
    public var reason: String

    public init(view: String, offset: Offset, reason: String) {
        self.view = view
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "view \(view) cannot take event \(offset): \(reason)" }
}
