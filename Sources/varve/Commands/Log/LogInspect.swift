import ArgumentParser
import VarveEvents
import VarveLog

struct LogInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Explain every byte range of a segment file.",
        discussion: """
            The file may be damaged, and need not be part of a log.

              varve log inspect data/log/00000000000000000000.seg --frame 0
            """)

    @Argument(help: "A segment file.") var file: String
    @Option(help: "Only this frame, counted from 0.") var frame: Int?

    func run() throws {
        for line in try LogInspector.dump(file, frame: frame) {
            try Output.standard.line(
                Self.hex(line.bytes.lowerBound) + " " + Self.hex(line.bytes.upperBound) + "  " + SafeText.escape(line.text))
        }
    }

    private static func hex(_ value: UInt64) -> String { value.zeroPadded(8, radix: 16) }
}
