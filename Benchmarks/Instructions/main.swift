// One workload, once:  workload NAME [EVENTS]   prints its result hash. Without a name, all of them, each with its hash.
// `Benchmarks/instructions` runs it under callgrind, which counts instructions the same on any machine and under any load.

import Foundation
import Workloads

let arguments = CommandLine.arguments.dropFirst()
let events = arguments.dropFirst().first.flatMap { Int($0) } ?? 16_384
let scratch = FileManager.default.temporaryDirectory.path
for workload in try Workload.all(events: events, scratch: scratch)
where arguments.first == nil || workload.name == arguments.first {
    print(workload.name, workload.events, String(try await workload.run(), radix: 16))
}
