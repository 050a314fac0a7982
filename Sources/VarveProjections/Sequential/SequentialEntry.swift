internal import VarveEvents

/// What is kept under one key. Equal entries have equal bytes.
public protocol SequentialEntry: Sendable {
    /// Writes all of it.
    func encode(into writer: inout StateWriter)
    /// Reads what `encode` wrote; anything else is an error, never a trap.
    init(from reader: inout StateReader) throws(StateError)
    /// Whether it may go once nothing has changed it for `SequentialLimits.keepsFinished`; what is open stays.
    var isFinished: Bool { get }
}
