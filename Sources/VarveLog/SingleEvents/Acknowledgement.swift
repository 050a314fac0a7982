internal import Synchronization
internal import VarveEvents

/// What became of events that a producer sent.
public struct Acknowledgement: Sendable {
    /// Their numbers, as `send` returned them.
    public var events: Range<UInt64>
    /// As of `LogWriter.append`; rows of duplicates count from the first of `events`. After a failure each of them may be in the
    /// log or not, unless the error is `.noSpace` or `.batchRefused`: then none is.
    public var result: Result<Receipt, LogError>
}
