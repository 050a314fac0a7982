internal import VarveEvents
internal import VarveProjections

/// Moments of events as text.
enum BucketText {
    static func iso(_ time: Timestamp) -> String { BucketZone.utc.text(time) }
}
