internal import VarveEvents

/// One append within a frame: its producer, and how many of the frame's rows belong to it, in order.
public struct AppendEntry: Hashable, Sendable {
    /// XXH3-64 of the producer's name.
    public var producer: UInt64
    public var epoch: UInt32
    public var sequence: UInt64
    public var rows: UInt32

    public init(producer: UInt64, epoch: UInt32, sequence: UInt64, rows: UInt32) {
        self.producer = producer
        self.epoch = epoch
        self.sequence = sequence
        self.rows = rows
    }
}
