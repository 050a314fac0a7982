/// Two hours in which two components fail.
public struct TrafficIncident: Hashable, Sendable {
    /// Milliseconds since 1970.
    public let range: Range<Int64>
    /// The components that fail, by name.
    public let components = ["PaymentButton", "CheckoutForm"]
    /// The components by number.
    static let componentNumbers: Set<UInt8> = [0, 3]

    /// From 14:00 UTC, on a day two thirds into the range.
    init(start: Int64, days: Int) {
        let earliest = start + Int64(days * 2 / 3) * TrafficShape.day
        let wanted: Int64 = 14 * TrafficShape.hour
        let ahead = (wanted - earliest % TrafficShape.day + TrafficShape.day) % TrafficShape.day
        range = (earliest + ahead)..<(earliest + ahead + 2 * TrafficShape.hour)
    }

    func overlaps(_ other: Range<Int64>) -> Bool {
        range.overlaps(other)
    }
}
