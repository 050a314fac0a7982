internal import Foundation
public import VarveProjections

extension ZoneRules {
    /// The rules of an IANA time zone from this machine's tables, for 1970 to 2100. Nil for an unknown name.
    public init?(named name: String) {
        guard Self.isKnown(name), let zone = TimeZone(identifier: name) else { return nil }
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

    /// The list of known names has some zones under former names only (Asia/Calcutta). Names with a slash are looked up in the
    /// machine's database too; a bare word might be read as an abbreviation with a fixed offset.
    private static func isKnown(_ name: String) -> Bool {
        if name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name) { return true }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else { return false }
        var isFolder: ObjCBool = false
        let path = "/usr/share/zoneinfo/" + name
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
