internal import VarveEvents

/// The value stored under one key. Equal entries have equal bytes.
public protocol SequentialEntry: Sendable {
    /// Writes the whole entry.
    func encode(into writer: inout StateWriter)
    /// Reads what `encode` wrote; anything else is an error, never a trap.
    init(from reader: inout StateReader) throws(StateError)
    /// Whether it may be removed after `SequentialLimits.keepsFinished` without changes; open entries stay.
    var isFinished: Bool { get }
    /// When it began, by event time; limits may count from there.
    var began: Int64? { get }
    /// Reads what `encode` wrote for one of the definitions that the projection continues (`SequentialProjection.former`).
    init(former reader: inout StateReader) throws(StateError)
}

extension SequentialEntry {
    public var began: Int64? { nil }

    public init(former reader: inout StateReader) throws(StateError) { try self.init(from: &reader) }
}
