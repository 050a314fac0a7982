// Every workload as a micro-benchmark:  swift package --package-path Benchmarks benchmark
// Wall and CPU times are informative; the gate is the instruction count (see ../instructions).

import Benchmark
import Foundation
import Workloads

let benchmarks: @Sendable () -> Void = {
    let events = ProcessInfo.processInfo.environment["VARVE_BENCHMARK_EVENTS"].flatMap { Int($0) } ?? 262_144
    let scratch = FileManager.default.temporaryDirectory.path
    guard let workloads = try? Workload.all(events: events, scratch: scratch) else {
        fatalError("cannot create the workloads")
    }
    for workload in workloads {
        Benchmark(
            workload.name,
            configuration: .init(
                metrics: [.wallClock, .cpuUser, .peakMemoryResident], warmupIterations: 1, maxDuration: .seconds(2),
                maxIterations: 50)
        ) { benchmark in
            for _ in benchmark.scaledIterations { blackHole(try await workload.run()) }
        }
    }
}
