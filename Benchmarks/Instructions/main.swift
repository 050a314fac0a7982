// Workloads without a harness:  workload [NAME [EVENTS [RUNS]]]   prints name, events and result hash; without a name, of all.
// `Benchmarks/instructions` runs it under callgrind, which counts the same instructions on a busy machine as on a quiet one.
//
// The main thread waits for a task instead of being asynchronous itself: Swift's asynchronous main ends the first thread, which
// valgrind does not survive.

import Foundation
import Workloads

@Sendable func run(_ chosen: String?, events: Int, runs: Int) async {
    do {
        let scratch = FileManager.default.temporaryDirectory.path
        for workload in try Workload.all(events: events, scratch: scratch) where chosen == nil || workload.name == chosen {
            var hash: UInt64 = 0
            for _ in 0..<max(runs, 1) { hash = try await workload.run() }
            print(workload.name, workload.events, String(hash, radix: 16))
        }
    } catch {
        FileHandle.standardError.write(Data("workload: \(error)\n".utf8))
        exit(1)
    }
}

let arguments = CommandLine.arguments.dropFirst()
let chosen = arguments.first
let events = arguments.dropFirst().first.flatMap { Int($0) } ?? 16_384
let runs = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1
let done = DispatchSemaphore(value: 0)
Task.detached {
    await run(chosen, events: events, runs: runs)
    done.signal()
}
done.wait()
