/// The number of an append by the place of its last event in an input: greater the further on in the input.
///
///     line (32 bits) │ which event of that line, from 0 on (20 bits) │ check (12 bits)
///
/// The check is a part of a hash of the content: another content that came this far has another one.
struct AppendNumber: Hashable, Sendable {
    static let checkBits: UInt64 = 12
    static let checkMask: UInt64 = 1 << checkBits - 1
    /// Events of one line that are told apart; a line has 16 MiB at most, and no event is written in 16 bytes.
    static let indexMax: UInt64 = 1 << 20 - 1
    static let lineMax = Int(UInt32.max)

    var sequence: UInt64

    init(sequence: UInt64) {
        self.sequence = sequence
    }

    /// Nil beyond what can be numbered.
    init?(line: Int, index: Int, check: UInt64 = 0) {
        guard line >= 0, line <= Self.lineMax, index >= 0 else { return nil }
        sequence = UInt64(line) << 32 | min(UInt64(index), Self.indexMax) << Self.checkBits | check & Self.checkMask
    }

    var line: Int { Int(sequence >> 32) }
    var check: UInt64 { sequence & Self.checkMask }

    /// Where it is, without the check.
    var place: UInt64 { sequence >> Self.checkBits }
}
