import ArgumentParser
import VarveEvents
import VarveLog
import VarveViews
import VarveWire

/// A prefix of the log: an offset (the first N events), or an append time.
struct AsOfArgument: ExpressibleByArgument {
    let moment: AsOf

    init?(argument: String) {
        if let offset = UInt64(argument) {
            moment = .offset(Offset(offset))
        } else if let time = TimeArgument(argument: argument) {
            moment = .time(time.timestamp)
        } else {
            return nil
        }
    }

    /// What an option transforms its text with.
    static func parsed(_ text: String) throws -> AsOfArgument {
        if let moment = AsOfArgument(argument: text) { return moment }
        throw ValidationError(
            "give an offset, or a time of appending: \(MomentText.forms); now it is \(TimeArgument.present)")
    }
}

/// Reports damage found by a command that prints the rest: on standard error, with exit code 2.
final class DamageNotes {
    private var hasAny = false

    init() {}

    /// The damage in answers about views.
    convenience init(_ answers: [ViewAnswer]) {
        self.init()
        Set(answers.flatMap(\.damaged)).sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }.forEach(add)
    }

    func add(_ range: DamagedRange) {
        hasAny = true
        Output.error("damaged: \(range)\n")
    }

    /// Call after everything is printed.
    func finish() throws {
        try Output.standard.flush()
        if hasAny { throw ExitStatus.damageOrDifference.exitCode }
    }
}
