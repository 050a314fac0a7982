import ArgumentParser
import VarveEvents
import VarveProjections
import VarveWire

/// A moment as it is typed after a flag: see `MomentText`.
struct TimeArgument: ExpressibleByArgument {
    private let moment: MomentText

    init?(argument: String) {
        guard let moment = MomentText(argument) else { return nil }
        self.moment = moment
    }

    /// With UTC where no zone was typed.
    var timestamp: Timestamp { moment.timestamp }

    /// The moment, for a view whose days are those of `zone`: what was typed without a zone is what its clocks show.
    func timestamp(in zone: BucketZone) -> Timestamp { moment.hasZone ? timestamp : zone.moment(local: timestamp) }
}
