import ArgumentParser
import VarveEvents
import VarveWire

/// A moment as it is typed: `2026-01-21`, `2026-01-21T14:00`, RFC 3339, or milliseconds since 1970. Without a zone it is UTC.
struct TimeArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        if let milliseconds = Int64(argument), argument.utf8.count > 8 {
            let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            if overflow { return nil }
            timestamp = Timestamp(nanoseconds: nanoseconds)
            return
        }
        // Whatever is missing at the end of a full date-time is its beginning of day, minute or second, in UTC.
        for rest in ["", "Z", ":00Z", "T00:00:00Z"] {
            var text = argument + rest
            if let nanoseconds = text.withUTF8({ RFC3339.parse(UnsafeRawBufferPointer($0)) }) {
                timestamp = Timestamp(nanoseconds: nanoseconds)
                return
            }
        }
        return nil
    }
}
