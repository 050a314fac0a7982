import Foundation
import Synchronization
import Testing
import VarveDisk

struct DirectoryRaceTests {
    @Test func `many who make one directory at once all find it made`() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("race-\(UUID().uuidString)").path
        let disk = RealDisk()
        try disk.makeDirectory(root)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let failures = Mutex<[String]>([])
        for round in 0..<200 {
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                do { try disk.makeDirectory("\(root)/\(round)") } catch { failures.withLock { $0.append("\(error)") } }
            }
        }
        #expect(failures.withLock { $0 } == [])
    }
}
