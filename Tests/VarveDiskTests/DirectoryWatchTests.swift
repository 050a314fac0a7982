import Foundation
import Testing
import VarveDisk

struct DirectoryWatchTests {
    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func `a wait ends after its limit`(polls: Bool) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let watch = DirectoryWatch(folder.path(percentEncoded: false), names: ["durable"], polls: polls)
        let start = ContinuousClock.now
        watch.wait(pause: 20_000_000, atMost: 20_000_000)
        #expect(ContinuousClock.now - start >= .milliseconds(19))
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func `a wake ends the wait that follows it`(polls: Bool) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let watch = DirectoryWatch(folder.path(percentEncoded: false), names: ["durable"], polls: polls)
        watch.wake()
        watch.wait(pause: .max, atMost: .max)
    }

    @Test(.timeLimit(.minutes(1))) func `a change of another file does not end a wait, one of a watched file does`() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let watch = DirectoryWatch(folder.path(percentEncoded: false), names: ["durable"])
        guard watch.isNotified else { return }
        try Data("x".utf8).write(to: folder.appending(path: "other"))
        let start = ContinuousClock.now
        watch.wait(pause: 1_000_000, atMost: 50_000_000)
        #expect(ContinuousClock.now - start >= .milliseconds(49))
        try Data("x".utf8).write(to: folder.appending(path: "durable"))
        watch.wait(pause: 1_000_000)
    }
}
