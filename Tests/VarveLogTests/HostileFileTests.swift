import Foundation
import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Damage by structure: every number in the heads of every kind of file is 0, 1, as large as can be, or anything, and the
/// checksums are right. Whoever reads it says what is wrong, or has right answers; nothing traps, and nothing takes memory
/// because a file says so.
@Suite struct HostileFileTests {
    /// Two sealed segments of two frames, the first of them below R, an active one, bases, a kept segment, a pin and a projector.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let clock = Monitor(LogFixture.start)
        let core = try LogFixture.core(
            disk,
            LogFixture.options {
                $0.segmentRows = 6
                $0.clock = { Timestamp(nanoseconds: clock.withLock { $0 }) }
            })
        for round in 0..<7 {
            clock.withLock { $0 = LogFixture.start + Int64(round) * LogFixture.day }
            let stamp = ProducerStamp(producer: 7, epoch: 1, sequence: UInt64(round + 1))
            _ = try core.append([StampedBatch(batch: LogFixture.batch(3, first: round * 3, ids: true), stamp: stamp)])
        }
        try core.finish()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        try LogPins.pin(RetentionPin(offsets: 12..<14, name: "incident"), at: LogFixture.path, disk: disk)
        try LogProjectors.register(["main"], at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + 3 * LogFixture.day)
        request.isConfirmed = true
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1, 2, 3])] }
        }
        return disk.kill()
    }

    /// A structure in a file: which bytes are changed, and how its checksums are made right again.
    enum Kind: String, CaseIterable {
        case manifest, watermark, segmentHeader, footer, frameHeader, frameDirectory, filters, base, kept, run, producers, active

        var paths: [String] {
            switch self {
            case .manifest: StorePaths(LogFixture.path).manifests
            case .watermark: ["data/log/durable"]
            case .segmentHeader, .footer, .frameHeader, .frameDirectory, .filters: [LogFixture.segment(6)]
            case .base: ["data/log/base/00000000000000000006.base"]
            case .kept: ["data/log/kept/00000000000000000000.0.kept"]
            case .run: []
            case .producers: ["data/ids/producers"]
            case .active: [LogFixture.segment(18)]
            }
        }

        /// What is changed of `bytes`.
        func region(_ bytes: [UInt8]) -> Range<Int> {
            let footer = bytes.withUnsafeBytes { SegmentFooter(endOf: $0) }
            switch self {
            case .manifest, .producers: return 0..<(bytes.count - 8)
            case .watermark: return 0..<24
            case .segmentHeader: return 0..<56
            case .footer: return Int(footer?.start ?? 0)..<(bytes.count - 8)
            case .frameHeader, .active: return 64..<(64 + 120)
            case .frameDirectory: return (64 + 128)..<(64 + 128 + 160)
            case .filters: return Int(footer?.framesEnd ?? 0)..<Int(footer?.start ?? 0)
            case .base: return 0..<min(120, bytes.count)
            case .kept: return Int(footer?.start ?? 0)..<(bytes.count - 8)
            case .run: return (bytes.count - IDRunFooter.size)..<(bytes.count - 8)
            }
        }

        /// Makes the checksums right.
        func seal(_ bytes: inout [UInt8]) {
            switch self {
            case .manifest, .producers, .footer, .kept, .run: Self.hash(&bytes, region(bytes).lowerBound, bytes.count - 8)
            case .watermark: Self.hash(&bytes, 0, 24, seed: LogFixture.store.high ^ LogFixture.store.low)
            case .segmentHeader: Self.hash(&bytes, 0, 56)
            case .frameHeader, .active: Self.hash(&bytes, 64, 64 + 120)
            case .frameDirectory:
                let size = Int(Self.number(bytes, 64 + 108, UInt32.self))
                let end = min(bytes.count, 64 + 128 + size)
                Self.hash(&bytes, 64 + 128, end, at: 64 + 112)
                Self.hash(&bytes, 64, 64 + 120)
            case .filters: break
            case .base:
                for index in 48..<56 { bytes[index] = 0 }
                let head = Int(Self.number(bytes, 12, UInt32.self))
                Self.hash(&bytes, 0, min(bytes.count, max(56, head)), at: 48)
            }
        }

        private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ at: Int, _: Number.Type) -> Number {
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: Number.self)) }
        }

        private static func hash(_ bytes: inout [UInt8], _ from: Int, _ to: Int, seed: UInt64 = 0, at place: Int? = nil) {
            let hash = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[from..<to]), seed: seed) }
            bytes.withUnsafeMutableBytes { $0.storeBytes(of: hash.littleEndian, toByteOffset: place ?? to, as: UInt64.self) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `any number in a file may be wrong although its checksum is right`(kind: Kind) throws {
        let base = try Self.log()
        let paths = kind == .run ? base.paths.filter { $0.hasSuffix(".run") } : kind.paths
        let path = try #require(paths.first)
        let whole = try #require(base.contents(path), "\(path)")
        let region = kind == .run ? (whole.count - IDRunFooter.size)..<(whole.count - 8) : kind.region(whole)
        var random = SeededRandom(seed: 5)
        var cases = 0
        for width in [4, 8] {
            for place in stride(from: region.lowerBound, to: region.upperBound - width + 1, by: width) {
                // The short form takes some of the five values at each place, in turn.
                let values = [0, 1, UInt64.max, UInt64(Int64.max), random.next()]
                for index in 0..<min(values.count, Self.valuesPerPlace) {
                    let value = values[(place / width + index) % values.count]
                    var bytes = whole
                    withUnsafeBytes(of: value.littleEndian) { raw in
                        for index in 0..<width { bytes[place + index] = raw[index] }
                    }
                    if bytes == whole { continue }
                    if kind == .run {
                        let hash = bytes.withUnsafeBytes {
                            XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[region.lowerBound..<region.upperBound]))
                        }
                        bytes.withUnsafeMutableBytes {
                            $0.storeBytes(of: hash.littleEndian, toByteOffset: region.upperBound, as: UInt64.self)
                        }
                    } else {
                        kind.seal(&bytes)
                    }
                    let disk = base.snapshot()
                    for path in paths { disk.damage(path) { $0 = bytes } }
                    try Self.use(disk, "\(kind) byte \(place), \(width) bytes: \(value)")
                    cases += 1
                }
            }
        }
        #expect(cases > 10)
    }

    /// How many of the five values a place is given: `VARVE_HOSTILE_VALUES=5` is the long form.
    private static let valuesPerPlace = ProcessInfo.processInfo.environment["VARVE_HOSTILE_VALUES"].flatMap(Int.init) ?? 2

    /// Everything that reads a log. Errors are answers; what is delivered was appended, and comes once.
    private static func use(_ disk: SimulatedDisk, _ context: String) throws {
        let before = Memory.peak
        var numbers: [Int64] = []
        if let reader = try? LogReader.open(at: LogFixture.path, disk: disk) {
            let first = (try? reader.retained().value) ?? 0
            _ = try? reader.scan(first..<UInt64.max, onDamage: { _ in }) { batch in
                batch.forEachEvent { _, event in
                    if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
                }
            }
            _ = try? reader.scanKept(0..<first, onDamage: { _ in }) { _ in }
            _ = try? reader.bases()
            _ = try? reader.segments()
        }
        #expect(Set(numbers).count == numbers.count && numbers.allSatisfy { (0..<21).contains($0) }, "\(context): \(numbers)")
        _ = try? LogVerifier.verify(at: LogFixture.path, disk: disk)
        _ = try? LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        let other = disk.snapshot()
        if let core = try? LogFixture.core(disk) {
            _ = try? core.append([LogFixture.batch(3, first: 100, ids: true)])
            try? core.finish()
        }
        if let maintenance = try? LogMaintenance.open(at: LogFixture.path, disk: disk) {
            _ = try? maintenance.compact(maintenance.planCompaction())
            var request = RetentionRequest(limit: LogFixture.day)
            request.now = Timestamp(nanoseconds: LogFixture.start + 9 * LogFixture.day)
            request.isConfirmed = true
            _ = try? maintenance.retain(request) { _ in [] }
        }
        _ = try? LogRepair.repair(at: LogFixture.path, disk: other, options: LogFixture.options())
        // Other tests run beside this one; what a length field of 2³² or more asks for stands out all the same.
        #expect(Memory.peak - before < 3 << 30, "\(context)")
    }

    private enum Memory {
        /// Bytes of address space at most so far; 0 where the system does not say.
        static var peak: Int {
            guard let file = fopen("/proc/self/status", "r") else { return 0 }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            while fgets(&line, 256, file) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if text.hasPrefix("VmPeak:") { return (Int(text.filter(\.isNumber)) ?? 0) << 10 }
            }
            return 0
        }
    }
}
