import ArgumentParser
import VarveDisk
import VarveEvents
import VarveProjections
import VarveWire

/// A time given as an argument: see `MomentText`.
struct TimeArgument: ExpressibleByArgument {
    private let moment: MomentText

    init?(argument: String) {
        guard let moment = MomentText(argument) else { return nil }
        self.moment = moment
    }

    /// What an option transforms its text with. The error states the forms of a time, and the present time to begin with.
    static func parsed(_ text: String) throws -> TimeArgument {
        if let time = TimeArgument(argument: text) { return time }
        throw ValidationError("a time is \(MomentText.forms); now it is \(present)")
    }

    /// The present time, to the second.
    static var present: String {
        let seconds = wallClockNanoseconds() / 1_000_000_000
        return RFC3339.text(Timestamp(nanoseconds: seconds * 1_000_000_000))
    }

    /// In UTC if no zone was given.
    var timestamp: Timestamp { moment.timestamp }

    /// The time for a view with days in `zone`: a time without a zone is local time there.
    func timestamp(in zone: BucketZone) -> Timestamp { moment.hasZone ? timestamp : zone.moment(local: timestamp) }
}
