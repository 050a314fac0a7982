// libFuzzer's entry for the files of a log besides its frames: any bytes, their checksums made right, are refused with an error
// or read. Built by Tests/Fuzz/log. VARVE_FUZZ names the kind of file; VARVE_FUZZ_CORPUS is the folder that gets sound ones to
// begin with.

import Foundation
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

private enum FileKind: String {
    case manifest, footer, base, run, producers
}

private let kind = FileKind(rawValue: ProcessInfo.processInfo.environment["VARVE_FUZZ"] ?? "") ?? .manifest
private let store = StoreID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00)

/// Writes the samples.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzLogInitialize(_: UnsafePointer<CInt>?, _: UnsafePointer<UnsafePointer<UnsafePointer<CChar>>>?) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["VARVE_FUZZ_CORPUS"] else { return 0 }
    do {
        for (number, bytes) in try samples().enumerated() {
            try Data(bytes).write(to: URL(filePath: folder).appending(path: "sample-\(number)"))
        }
    } catch {
        fatalError("the samples cannot be made: \(error)")
    }
    return 0
}

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLogFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 136 else { return 0 }
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    reseal(&bytes)
    do {
        try read(bytes)
    } catch {
        // It says why.
    }
    return 0
}

/// Files of a log of three sealed segments, the first of them below R.
private func samples() throws -> [[UInt8]] {
    let disk = SimulatedDisk()
    var options = LogOptions()
    options.newStore = store
    options.segmentRows = 300
    options.clock = { Timestamp(nanoseconds: 1_700_000_000_000_000_000) }
    let core = try LogCore(at: "data", disk, options) { sealer in { try sealer.seal($0) } }
    for round in 0..<4 {
        var builder = BatchBuilder()
        for event in randomEvents(count: 250, seed: UInt64(round)) { builder.append(event) }
        let stamp = ProducerStamp(producer: 7, epoch: 1, sequence: UInt64(round + 1))
        _ = try core.append([StampedBatch(batch: builder.finish(), stamp: stamp)])
    }
    try core.finish()
    try LogKeep.add(RetentionRule(signals: "retry.*"), at: "data", disk: disk)
    var request = RetentionRequest(limit: 0)
    request.now = Timestamp(nanoseconds: 1_700_000_000_000_000_001)
    request.isConfirmed = true
    request.hold = ProjectorHold(offset: 250)
    let blobs = [BaseBlob(name: "view", bytes: [1, 2, 3]), BaseBlob(name: "other", bytes: Array(0..<200))]
    do { _ = try LogMaintenance.open(at: "data", disk: disk).retain(request) { _ in blobs } }
    func contents(_ suffix: String) -> [[UInt8]] { disk.paths.filter { $0.hasSuffix(suffix) }.compactMap(disk.contents) }
    return switch kind {
    case .manifest: contents("manifest.a")
    case .base: contents(".base")
    case .run: contents(".run")
    case .producers: contents("ids/producers")
    case .footer:
        contents(".seg").compactMap { bytes in
            bytes.withUnsafeBytes { SegmentFooter(endOf: $0) }.map { Array(bytes[Int($0.start)...]) }
        }
    }
}

private func put(_ number: UInt64, _ bytes: inout [UInt8], at place: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: number.littleEndian, toByteOffset: place, as: UInt64.self) }
}

private func hash(_ bytes: [UInt8], _ range: Range<Int>, seed: UInt64 = 0) -> UInt64 {
    bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[range]), seed: seed) }
}

private func reseal(_ bytes: inout [UInt8]) {
    let end = bytes.count - 8
    switch kind {
    case .manifest, .footer, .producers: put(hash(bytes, 0..<end), &bytes, at: end)
    case .base:
        put(0, &bytes, at: 48)
        let head = bytes.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))) }
        put(hash(bytes, 0..<min(bytes.count, max(56, head))), &bytes, at: 48)
    case .run:
        let tail = bytes.count - IDRunFooter.size
        put(hash(bytes, tail..<end), &bytes, at: end)
        let size = UInt64(bytes.count)
        let found = bytes.withUnsafeBytes { raw in
            try? IDRunFooter(parsing: UnsafeRawBufferPointer(rebasing: raw[tail...]), fileSize: size)
        }
        guard var footer = found else { return }
        for number in 0..<footer.blockCount {
            let start = number * IDBlock.size
            let last = min(start + IDBlock.size, Int(footer.blocksEnd)) - 8
            if last > start { put(hash(bytes, start..<last, seed: footer.seed), &bytes, at: last) }
        }
        footer.fencesHash = hash(bytes, Int(footer.blocksEnd)..<Int(footer.filterStart))
        footer.filterHash = hash(bytes, Int(footer.filterStart)..<tail)
        bytes.replaceSubrange(tail..., with: footer.encoded())
    }
}

private func read(_ bytes: [UInt8]) throws {
    switch kind {
    case .manifest:
        let manifest = try Manifest(parsing: bytes)
        let again = manifest.encoded()
        guard try Manifest(parsing: again).encoded() == again else { fatalError("written again, it is another manifest") }
        _ = (manifest.sealedEnd, manifest.chainOut, manifest.removedUpTo)
    case .footer:
        try bytes.withUnsafeBytes { raw in
            let footer = try SegmentFooter(parsing: raw)
            _ = footer.record(bytes: raw.count, fileHash: SHA256Digest(of: raw))
            for frame in footer.frames.indices { for signal in footer.signals.indices { _ = footer.frame(frame, holds: signal) } }
            for section in footer.members {
                let part = Array(raw.prefix(Int(clamping: section.size)))
                _ = try? MemberFilter(part, section, frames: footer.frames.count).mayHold(7, frame: 0)
            }
        }
    case .base:
        let (owner, border) = try bytes.withUnsafeBytes { raw in
            (try BaseFile.store(raw), UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 32, as: UInt64.self)))
        }
        _ = try BaseFile.decode(bytes, owner, at: Offset(border))
    case .run:
        let disk = SimulatedDisk()
        try disk.replace("run", with: bytes)
        let run = try IDRun(opening: disk.openFile("run"))
        let hashes = (0..<8).map { place in
            bytes.withUnsafeBytes { raw in
                Hash128(
                    high: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self)),
                    low: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place * 8 + 8, as: UInt64.self)))
            }
        }
        var wanted = hashes.indices.map { Int32($0) }
        try run.find(hashes.sorted(), &wanted) { _, _ in }
    case .producers:
        let disk = SimulatedDisk()
        try disk.replace("producers", with: bytes)
        let found = try ProducerFile.read(disk, "producers", store)
        _ = found?.table.answer(ProducerStamp(producer: 7, epoch: 1, sequence: 3))
    }
}
