import VarveBatchFormat
import VarveEvents
import VarveHash
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
            if decode(bytes) { decoded += 1 } else { refused += 1 }
        }
        return (refused, decoded)
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
        reseal(&frame)
    }

    /// All checksums right again, whatever they stand over.
    public static func reseal(_ frame: inout [UInt8]) {
        guard frame.count >= 128 else { return }
        FrameForgery.resealColumns(&frame)
        let directory = Int(frame.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 108, as: UInt32.self) })
        if directory <= frame.count - 128 { store(hash(frame, 128..<(128 + directory)), in: &frame, at: 112) }
        store(hash(frame, 0..<120), in: &frame, at: 120)
    }

    private static func hash(_ frame: [UInt8], _ range: Range<Int>) -> UInt64 {
        frame.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private static func store(_ hash: UInt64, in frame: inout [UInt8], at position: Int) {
        frame.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: position, as: UInt64.self) }
    }

    /// Whether the bytes decode as a frame; every value of every event is looked at.
    public static func decode(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            do {
                let header = try FrameHeader(parsing: raw)
                guard header.frameSize <= raw.count else { return false }
                let frame = UnsafeRawBufferPointer(rebasing: raw[0..<header.frameSize])
                _ = try FrameDecoder.signals(frame, header)
                _ = try FrameDecoder.appends(frame, header)
                try FrameDecoder.decode(frame, header, select: .all).forEachEvent { _, _ in }
                return true
            } catch {
                return false
            }
        }
    }
}
