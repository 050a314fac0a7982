import ArgumentParser
import VarveDisk
import VarveViews

struct ViewProve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Write a proof of a view, now or as of the past, for varve verify to check.",
        discussion: """
            A proof is one JSON object: the view's hash and definition, the offset, and for
            each segment the hashes of its events and of its part of the view.

              varve view prove rollback_rate --data data -o proof.json
              varve verify proof.json --data data
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; default: standard output.", valueName: "proof.json"))
    var output: String?
    @Option(
        help: "An offset (the first N events) or an append time; by default everything durable.",
        transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @OptionGroup var threads: ThreadsOption

    func run() throws {
        let definition = try definitions.view(view, at: data.path)
        // From the events themselves: cached states would hide later damage of a segment.
        let history = try ViewHistory.open(at: data.path, threads: threads.count, usesCache: false)
        let proof = try history.prove(definition, asOf: at?.moment ?? .now)
        guard let output, output != "-" else { return try Output.standard.line(proof.json) }
        do throws(DiskError) {
            try RealDisk().replace(output, with: Array((proof.json + "\n").utf8))
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(.inputOutput, "the folder of this file does not exist", place: output, next: "check --output")
        }
        try Output.standard.line(
            "\(output): \(view) at offset \(proof.offset.grouped), \(proof.segments.count.grouped) segments, \(proof.viewHash)")
    }
}
