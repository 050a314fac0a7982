internal import VarveHash

/// How hard to try for small frames.
public enum FrameEffort: Sendable {
    /// On the way in: LZ4 where a sample says that it pays.
    case ingest
    /// Once, when frames are rewritten: LZ4-HC on every column.
    case compact
}
