/// The sequence number of an append: the position of its last event in an input. It increases along the input.
///
///     line (32 bits) │ index of the event within that line, from 0 (20 bits) │ check (12 bits)
///
/// The check is part of a hash of the content up to that event, to detect different content under the same number.
struct AppendNumber: Hashable, Sendable {
    static let checkBits: UInt64 = 12
    static let checkMask: UInt64 = 1 << checkBits - 1
    /// The number of events of one line that can be distinguished: a line has at most 16 MiB, and no event fits in 16 bytes.
    static let indexMax: UInt64 = 1 << 20 - 1
    static let lineMax = Int(UInt32.max)

    var sequence: UInt64

    init(sequence: UInt64) {
        self.sequence = sequence
    }

    /// Nil if line or index exceed the numbering's limits.
    init?(line: Int, index: Int, check: UInt64 = 0) {
        guard line >= 0, line <= Self.lineMax, index >= 0 else { return nil }
        sequence = UInt64(line) << 32 | min(UInt64(index), Self.indexMax) << Self.checkBits | check & Self.checkMask
    }

    var line: Int { Int(sequence >> 32) }
    var check: UInt64 { sequence & Self.checkMask }

    /// The line and index, without the check.
    var place: UInt64 { sequence >> Self.checkBits }
}
