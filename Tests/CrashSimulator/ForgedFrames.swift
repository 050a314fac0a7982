import VarveBatchFormat
import VarveEvents
import VarveTestSupport

/// Frames with random bytes changed and every checksum made right again: what stands behind the checksums must be refused
/// with an error or decoded, never trapped on.
public enum ForgedFrames {
    public static func run(count: Int, seed: UInt64) -> (refused: Int, decoded: Int) {
        var random = SeededRandom(seed: seed)
        var (refused, decoded) = (0, 0)
        var frames: [[UInt8]] = []
        for index in 0..<count {
            if index % 5_000 == 0 { frames = (0..<8).map { _ in frame(&random) } }
            var bytes = frames[Int.random(in: 0..<frames.count, using: &random)]
            change(&bytes, &random)
            if ForgedFrame.decode(bytes) { decoded += 1 } else { refused += 1 }
        }
        return (refused, decoded)
    }

    /// Frames of all shapes, unchanged.
    public static func samples(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in frame(&random) }
    }

    private static func frame(_ random: inout SeededRandom) -> [UInt8] {
        let seed = random.next()
        var builder = BatchBuilder()
        for event in randomEvents(count: Int.random(in: 1...80, using: &random), seed: seed) { builder.append(event) }
        var batch = builder.finish()
        batch.firstOffset = Offset(7)
        batch.observed = [Int64](repeating: 1_700_000_000_000_000_000, count: batch.rowCount)
        let context = FrameContext(
            store: StoreID(high: 1, low: 2), epoch: 1, segment: Offset(0), previousHash: 3, durableUpTo: Offset(7))
        return FrameEncoder.encode(batch, context, effort: random.chance(1, in: 2) ? .ingest : .compact)
    }

    /// Some bytes changed: flipped, set, copied from elsewhere, or set to what overflows.
    private static func change(_ frame: inout [UInt8], _ random: inout SeededRandom) {
        let directory = Int(frame.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 108, as: UInt32.self) })
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            // Half of the changes hit the directory, which is the small part with all the counts in it.
            let end = random.chance(1, in: 2) ? min(frame.count, 128 + directory) : frame.count
            let start = random.chance(1, in: 16) ? 8 : 128
            let place = Int.random(in: start..<end, using: &random)
            switch random.next() % 4 {
            case 0: frame[place] ^= 1 << UInt8(random.next() % 8)
            case 1: frame[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: frame[place] = frame[Int.random(in: 128..<frame.count, using: &random)]
            default: for index in place..<min(end, place + 8) { frame[index] = 0xFF }
            }
        }
        ForgedFrame.reseal(&frame)
    }
}
