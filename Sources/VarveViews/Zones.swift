internal import Foundation
public import VarveProjections

extension ZoneRules {
    /// The rules of an IANA time zone from this machine's tables, for 1970 to 2100. Nil for an unknown name.
    public init?(named name: String) {
        guard TimeZone.knownTimeZoneIdentifiers.contains(name) || name == "UTC", let zone = TimeZone(identifier: name) else {
            return nil
        }
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        var date = Date(timeIntervalSince1970: 0)
        let initial = Int64(zone.secondsFromGMT(for: date))
        var changes: [Change] = []
        var offset = initial
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
            let new = Int64(zone.secondsFromGMT(for: next))
            if new != offset { changes.append(Change(second: Int64(next.timeIntervalSince1970.rounded()), offset: new)) }
            (offset, date) = (new, next)
        }
        self.init(name: name, initial: initial, changes: changes)
    }
}
