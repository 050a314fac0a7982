import VarveBatchFormat
import VarveEvents
import VarveHash

/// Gives changed bytes right checksums, and decodes them. Also a part of the fuzzer (Tests/Fuzz).
public enum ForgedFrame {
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
