import Foundation
import Testing
import VarveWorkloads

struct WorkloadTests {
    @Test func `every benchmark runs on small input and gives the same result twice`() async throws {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("workloads-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let workloads = try Workload.all(events: 500, scratch: scratch)
        #expect(Set(workloads.map(\.name)).count == workloads.count)
        for workload in workloads {
            let first = try await workload.run()
            #expect(try await workload.run() == first, "\(workload.name)")
            #expect(first != 0, "\(workload.name) made nothing")
        }
    }
}
