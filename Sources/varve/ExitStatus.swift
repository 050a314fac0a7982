import ArgumentParser

/// The exit codes of all commands. Other programs rely on these numbers: they never change.
enum ExitStatus: Int32 {
    case ok = 0
    case failure = 1
    /// Damage in the log, or a difference found by a comparison.
    case damageOrDifference = 2
    case usage = 64
    /// Every input record was refused.
    case allRefused = 65
    /// A port that is in use, or a server that cannot be reached.
    case unavailable = 69
    case `internal` = 70
    case inputOutput = 74
    case lockHeld = 75
    /// An invalid configuration, or a log written by a newer version.
    case configuration = 78

    var exitCode: ExitCode { ExitCode(rawValue) }
}
