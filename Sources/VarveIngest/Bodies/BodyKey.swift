/// By what a request is known when it is sent again.
public enum BodyKey: Hashable, Sendable {
    /// A client's key for this one request.
    case name(String)
    /// A producer that numbers its requests: each is one append. A later epoch of a producer fences off the earlier ones; within
    /// an epoch the numbers rise.
    case sequence(producer: String, epoch: UInt32, number: UInt64)

    /// Numbers beyond this cannot be kept.
    public static let numberMax: UInt64 = 1 << (64 - AppendNumber.checkBits) - 1
}
