/// What an acknowledgement promises.
public enum Durability: String, Sendable, CaseIterable {
    /// An fdatasync that began after the last byte was written has succeeded.
    case sync
    /// The bytes are with the system: they outlive this process, and not the machine. An fdatasync follows within the log's
    /// `syncInterval`; a power cut before it takes the latest of these events, and never one from between others.
    case interval
}
