// Workloads without a harness:  workload [NAME [EVENTS [RUNS]]]   prints name, events and result hash; without a name, of all.
// `Benchmarks/instructions` runs it under callgrind, which counts the same instructions on a busy machine as on a quiet one.

import Foundation
import Workloads

let arguments = CommandLine.arguments.dropFirst()
let events = arguments.dropFirst().first.flatMap { Int($0) } ?? 16_384
let runs = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1
let scratch = FileManager.default.temporaryDirectory.path
for workload in try Workload.all(events: events, scratch: scratch)
where arguments.first == nil || workload.name == arguments.first {
    var hash: UInt64 = 0
    for _ in 0..<max(runs, 1) { hash = try await workload.run() }
    print(workload.name, workload.events, String(hash, radix: 16))
}
