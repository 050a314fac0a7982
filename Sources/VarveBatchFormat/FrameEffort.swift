internal import VarveHash

/// How much effort to spend on small frames.
public enum FrameEffort: Sendable {
    /// For ingestion: LZ4 if a sample shows that it pays.
    case ingest
    /// For rewriting frames, done once: LZ4-HC on every column.
    case compact
}
