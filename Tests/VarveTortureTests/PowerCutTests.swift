import Foundation
import Testing
import VarveTestSupport

#if canImport(Glibc)
/// A real file system on a loop device whose power goes: `FS_IOC_SHUTDOWN` drops everything that was not synced, and every
/// later write fails. It needs root; elsewhere this says NOT RUN.
@Suite(.serialized) struct PowerCutTests {
    private static let isPossible = getuid() == 0 && FileManager.default.fileExists(atPath: "/dev/loop-control")

    @Test(.enabled(if: isPossible, "NOT RUN: cutting the power of a file system needs root and /dev/loop"))
    func `a power cut on ext4 loses no acknowledged event, and every start succeeds`() async throws {
        try await onThread {
            let cuts = Scale.number("VARVE_POWER_CUTS", 12)
            var random = SeededRandom(seed: Scale.seed &+ 99)
            let ground = try Ground()
            let device = try LoopDevice(in: ground.url)
            defer { device.unmount() }
            var (first, lost, acknowledgements) = (0, 0, 0)
            for cut in 0..<cuts {
                try device.mount()
                let data = device.mountPoint.appending(path: "data").path(percentEncoded: false)
                if cut > 0 {
                    // A reader that comes before the writer goes by a watermark that may lag: what it sees is right, not all.
                    try check(data, ground.url, atLeast: 0)
                    _ = try Victim.run(Built.torture, ["open", data], in: ground.url)
                    try check(data, ground.url, atLeast: first)
                }
                let writer = try Victim(Built.torture, ["write", data, String(first), "200"], in: ground.url)
                let delay = Int.random(in: 0...250, using: &random)
                // NOLOGFLUSH drops the journal too, LOGFLUSH writes it: metadata are newer than data then.
                let flag: UInt32 = random.chance(1, in: 4) ? 1 : 2
                _ = writer.kill(afterMilliseconds: delay, ofOutput: true) { device.cutPower(flag: flag) }
                let printed = writer.wholeLines.numbers(behind: "next ")
                #expect(!printed.isEmpty, "cut \(cut): the writer did not start: \(writer.error.text)")
                acknowledgements += printed.count
                first = max(first, printed.last ?? 0)
                device.unmount()
                if device.wasCut { lost += 1 }
            }
            try device.mount()
            let data = device.mountPoint.appending(path: "data").path(percentEncoded: false)
            _ = try Victim.run(Built.torture, ["open", data], in: ground.url)
            let count = try check(data, ground.url, atLeast: first)
            #expect(lost == cuts, "the power went \(lost) times of \(cuts)")
            print("power cuts: \(cuts) on ext4, \(acknowledgements) acknowledgements of \(count) events, seed \(Scale.seed)")
        }
    }

    @discardableResult
    private func check(_ data: String, _ folder: URL, atLeast acknowledged: Int) throws -> Int {
        let numbers = try Victim.run(Built.varve, ["cat", "--data", data], in: folder).numbers(behind: "\"number\":")
        #expect(numbers.count >= acknowledged, "\(acknowledged) events were acknowledged, \(numbers.count) are there")
        #expect(numbers == Array(0..<numbers.count), "an event is missing, doubled or out of order")
        return numbers.count
    }
}

/// A file with ext4 on it, mounted through a loop device.
private final class LoopDevice {
    let mountPoint: URL
    private let image: URL
    private let folder: URL
    private(set) var wasCut = false

    /// `_IOR('X', 125, uint32_t)`
    private static let shutdown: UInt = 0x8004_587D

    init(in folder: URL) throws {
        self.folder = folder
        (image, mountPoint) = (folder.appending(path: "image"), folder.appending(path: "mounted"))
        try FileManager.default.createDirectory(at: mountPoint, withIntermediateDirectories: true)
        _ = try run("/usr/bin/env", ["truncate", "-s", "96M", image.path])
        _ = try run("/usr/bin/env", ["mkfs.ext4", "-q", image.path])
    }

    func mount() throws {
        wasCut = false
        _ = try run("/usr/bin/env", ["mount", "-o", "loop", image.path, mountPoint.path])
    }

    func unmount() { _ = try? run("/usr/bin/env", ["umount", mountPoint.path], isQuiet: true) }

    func cutPower(flag: UInt32) {
        let descriptor = open(mountPoint.path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        var flag = flag
        wasCut = withUnsafeMutablePointer(to: &flag) { ioctl(descriptor, Self.shutdown, UnsafeMutableRawPointer($0)) } == 0
    }

    private func run(_ program: String, _ arguments: [String], isQuiet: Bool = false) throws -> Bool {
        let victim = try Victim(URL(filePath: program), arguments, in: folder)
        victim.process.waitUntilExit()
        let isDone = victim.process.terminationStatus == 0
        if !isDone, !isQuiet { Issue.record("\(arguments): \(victim.error.text)") }
        return isDone
    }
}
#endif
