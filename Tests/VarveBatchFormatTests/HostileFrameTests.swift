import Testing
import VarveBatchFormat
import VarveEvents
import VarveHash
import VarveTestSupport

/// Makes the header's checksum right again.
func resealHeader(_ frame: inout [UInt8]) {
    let hash = frame.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[0..<120])) }
    frame.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: 120, as: UInt64.self) }
}

/// A forger's frame: random bytes changed, all checksums right again. Column checksums stand in the directory, in front of
/// their bytes; a decoder that trusts what checksums cover would trap here.
private func forged(_ frame: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var frame = frame
    let directorySize = Int(frame.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 108, as: UInt32.self) })
    for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 128..<frame.count, using: &random)
        frame[place] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : frame[place] ^ 1
    }
    return resealed(frame, directorySize)
}

private func resealed(_ given: [UInt8], _ directorySize: Int) -> [UInt8] {
    var frame = given
    FrameForgery.resealColumns(&frame)
    let hash = frame.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[128..<(128 + directorySize)])) }
    frame.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: 112, as: UInt64.self) }
    resealHeader(&frame)
    return frame
}

@Test(arguments: UInt64(1)...8)
func `a forged frame with right checksums is refused or decoded, never trapped on`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let frame = FrameEncoder.encode(batch(randomEvents(count: 60, seed: seed)), context)
    var refused = 0
    for _ in 0..<1_500 {
        let bytes = forged(frame, &random)
        do {
            let back = try decoded(bytes)
            back.forEachEvent { _, _ in }
        } catch {
            refused += 1
        }
    }
    #expect(refused > 100)
}
