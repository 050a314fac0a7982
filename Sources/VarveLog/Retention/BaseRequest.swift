internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// What retention asks the caller to supply before it removes events: the view states at the new R.
public struct BaseRequest: Sendable {
    /// The current R.
    public let from: Offset
    /// The new R. The events between `from` and `to` can still be read until the request is answered.
    public let to: Offset
    /// The bases at `from`. The answer must contain everything of them that is to be kept.
    public let previous: BaseSet
}
