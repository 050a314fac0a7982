import ArgumentParser
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

    /// In UTC if no zone was given.
    var timestamp: Timestamp { moment.timestamp }

    /// The time for a view with days in `zone`: a time without a zone is local time there.
    func timestamp(in zone: BucketZone) -> Timestamp { moment.hasZone ? timestamp : zone.moment(local: timestamp) }
}
