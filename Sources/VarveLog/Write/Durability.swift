/// What an acknowledgement guarantees.
public enum Durability: String, Sendable, CaseIterable {
    /// The events are durable: an fdatasync that began after their last byte was written has succeeded.
    case sync
    /// The bytes have been written to the kernel: they survive the end of this process but not of the machine. An fdatasync
    /// follows within the log's `syncInterval`. A power cut before it loses the latest of these events, always from the end,
    /// never from the middle.
    case interval
}
