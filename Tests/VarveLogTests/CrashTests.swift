import Testing
import VarveCrashSimulator

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Power cuts and kills at random operations, with every outcome that the simulated disk knows, and recoveries that are cut
/// again. `varve-torture simulate` runs many more of them.
@Suite struct CrashTests {
    @Test func `no power cut loses an acknowledged event, doubles one, or keeps the log from opening`() {
        let states = getenv("VARVE_CRASH_STATES").flatMap { Int(String(cString: $0)) } ?? 2_000
        let seed = getenv("VARVE_CRASH_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1
        var run = CrashRun(seed: seed)
        run.run(states: states)
        print("crash states: \(run.states), seed \(seed), witnesses: \(run.witnesses.sorted { $0.key < $1.key })")
        #expect(run.failures.isEmpty, "\(run.failures.joined(separator: "\n"))")
        for witness in CrashRun.common { #expect(run.witnesses[witness, default: 0] > 0, "never seen: \(witness)") }
    }
}
