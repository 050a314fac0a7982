/// Identifies a request, so that a retry is recognised.
public enum BodyKey: Hashable, Sendable {
    /// An idempotency key that the client chose for this request.
    case name(String)
    /// A producer that numbers its requests; each request is one append. A later epoch fences off earlier ones; within an epoch
    /// the numbers increase.
    case sequence(producer: String, epoch: UInt32, number: UInt64)

    /// The largest number that can be stored.
    public static let numberMax: UInt64 = 1 << (64 - AppendNumber.checkBits) - 1
}
