/// A signal of a batch, and the positions of its rows in group order.
public struct SignalGroup: Hashable, Sendable {
    public var signal: String
    public var positions: Range<Int>

    public init(signal: String, positions: Range<Int>) {
        self.signal = signal
        self.positions = positions
    }
}
