import ArgumentParser
import VarveDisk
import VarveEvents
import VarveProjections
import VarveViews

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a proof of a view against a log.",
        discussion: """
            Every segment below the proof's offset is folded again, without any cache.
            Prints yes; or no and the first segment that differs, with exit code 2. If
            events have expired since, the remaining segments and the total are checked,
            and yes says which part is attested by the base.

              varve view prove rollback_rate --data data -o proof.json
              varve verify proof.json --data data
            """)

    @Argument(help: ArgumentHelp("The file written by view prove.", valueName: "proof.json")) var file: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @OptionGroup var threads: ThreadsOption

    /// Larger than a proof of a million segments.
    private static let bytesMax = 256 << 20

    private func proof(_ text: String) throws -> Proof {
        do throws(ViewError) {
            return try Proof(json: text)
        } catch {
            guard error.code == .damaged else { throw error }
            throw CommandFailure(.damageOrDifference, error.message, place: file)
        }
    }

    /// The definition of the proof's view; if its version is unknown, another one of that name.
    private func definition(of proof: Proof) throws -> AnyView? {
        let own = try definitions.known(at: data.path).filter { $0.name == proof.view }
        return own.first { "\($0.fingerprint)" == proof.fingerprint } ?? own.last
    }

    func run() throws {
        let text = try String(decoding: RealDisk().openFile(file).readAll(limit: Self.bytesMax), as: UTF8.self)
        let proof = try proof(text)
        guard let definition = try definition(of: proof) else {
            throw CommandFailure(
                .failure, "the proof's view '\(proof.view)' is not known here", place: file,
                next: "give the folder of its definition with --views-dir")
        }
        let history = try ViewHistory.open(at: data.path, threads: threads.count, usesCache: false)
        let end = try history.offset(.now)
        let finding: ProofFinding =
            proof.offset > end.value
            ? .differs(at: "the log ends at offset \(end), the proof at \(proof.offset)")
            : try history.verify(proof, of: definition)
        try Output.standard.line("\(finding)")
        try Output.standard.flush()
        if case .differs = finding { throw ExitStatus.damageOrDifference.exitCode }
    }
}
