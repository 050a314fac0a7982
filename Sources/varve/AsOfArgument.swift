import ArgumentParser
import VarveEvents
import VarveLog
import VarveViews

/// A prefix of the log as it is typed: an offset (the first so many events), or the time by which events had been appended.
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
}

/// Damage met by a command that prints the rest: told on standard error, and the exit code is 2.
final class DamageNotes {
    private var hasAny = false

    init() {}

    /// Of answers to questions about views.
    convenience init(_ answers: [ViewAnswer]) {
        self.init()
        Set(answers.flatMap(\.damaged)).sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }.forEach(add)
    }

    func add(_ range: DamagedRange) {
        hasAny = true
        Output.error("damaged: \(range)\n")
    }

    /// Call when everything is printed.
    func finish() throws {
        try Output.standard.flush()
        if hasAny { throw ExitStatus.damageOrDifference.exitCode }
    }
}
