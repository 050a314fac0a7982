internal import Foundation

/// The zone of times without one: `UTC`, `Z`, `+02:00`, `-0530`, or an IANA name such as `Europe/Berlin`.
///
/// A local time that is repeated when clocks are set back is its first occurrence; one that is skipped when clocks are set
/// forward is read with the offset before the change.
public struct TimeZoneRule: Hashable, Sendable {
    /// As declared.
    public let name: String
    static let utc = TimeZoneRule("UTC")
    /// The offset from UTC in seconds; unused for a named zone.
    private let offset: Int64
    private let zone: TimeZone?

    /// Nil if the text does not name a zone.
    public init?(_ text: String) {
        name = text
        var utf8 = Array(text.utf8)
        if let seconds = utf8.withUnsafeMutableBytes({ ISOTime.offset(UnsafeRawBufferPointer($0), 0) }) {
            offset = seconds
            zone = nil
            return
        }
        guard TimeZone.knownTimeZoneIdentifiers.contains(text), let named = TimeZone(identifier: text) else { return nil }
        offset = 0
        zone = named
    }

    /// Converts `local`, in seconds since 1970 of local time, to UTC.
    func utc(_ local: Int64) -> Int64 {
        guard let zone else { return local - offset }
        func east(_ second: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
        }
        let before = east(local - 86_400)
        if east(local - before) == before { return local - before }
        let after = east(local + 86_400)
        return east(local - after) == after ? local - after : local - before
    }
}
