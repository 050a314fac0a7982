internal import Synchronization
internal import VarveEvents

/// The outcome for events that a producer sent.
public struct Acknowledgement: Sendable {
    /// The numbers of these events, as `send` returned them.
    public var events: Range<UInt64>
    /// As for `LogWriter.append`; row numbers of duplicates are relative to the first of `events`. After a failure each event
    /// may or may not be in the log; with `.noSpace` and `.batchRefused` none is.
    public var result: Result<Receipt, LogError>
}
