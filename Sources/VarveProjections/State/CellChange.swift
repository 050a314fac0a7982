internal import VarveHash

/// A change of a cell since changes were last taken.
public enum CellChange: Hashable, Sendable {
    case set(CellState)
    /// The budget folded it into `__other__`.
    case removed(bucket: Int64, key: [UInt8])
}
