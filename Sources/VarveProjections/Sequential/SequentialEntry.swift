internal import VarveEvents

/// What is kept under one key. Equal entries have equal bytes.
public protocol SequentialEntry: Sendable {
    /// Writes all of it.
    func encode(into writer: inout StateWriter)
    /// Reads what `encode` wrote; anything else is an error, never a trap.
    init(from reader: inout StateReader) throws(StateError)
    /// Whether it may go once nothing has changed it for `SequentialLimits.keepsFinished`; what is open stays.
    var isFinished: Bool { get }
    /// When it began by its events' own time, where limits may count from there.
    var began: Int64? { get }
    /// Reads what `encode` wrote for one of the definitions that the projection goes on from (`SequentialProjection.former`).
    init(former reader: inout StateReader) throws(StateError)
}

extension SequentialEntry {
    public var began: Int64? { nil }

    public init(former reader: inout StateReader) throws(StateError) { try self.init(from: &reader) }
}
