internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// What retention asks of whoever knows the views, before events go.
public struct BaseRequest: Sendable {
    /// R now; `previous` is what views are here.
    public let from: Offset
    /// R afterwards. Until the answer is given, the events from `from` to here can still be read.
    public let to: Offset
    /// The bases at `from`: what is to be kept of them must be in the answer again.
    public let previous: BaseSet
}
