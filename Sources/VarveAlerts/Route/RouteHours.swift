internal import Foundation
public import VarveEvents
internal import VarveSettings

/// Times of the week: `mon-fri 08:00-18:00`, `sat,sun`, `22:00-06:00`. A span that ends before it begins goes over midnight and
/// belongs to the day on which it begins.
public struct RouteHours: Hashable, Sendable {
    /// From Monday, 0.
    private var days: Set<Int>
    /// Minutes of the day; nil for the whole day.
    private var span: Range<Int>?
    private var isOverMidnight = false

    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Nil for what is no such text.
    public init?(_ text: String) {
        let words = text.lowercased().split(separator: " ").map(String.init)
        guard (1...2).contains(words.count) else { return nil }
        days = Set(0..<7)
        for (index, word) in words.enumerated() {
            if word.contains(":") {
                guard index == words.count - 1, let found = Self.span(word) else { return nil }
                (span, isOverMidnight) = found
            } else {
                guard index == 0, let found = Self.days(word) else { return nil }
                days = found
            }
        }
    }

    private static func days(_ word: String) -> Set<Int>? {
        var days: Set<Int> = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { names.firstIndex(of: String($0)) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else { return nil }
            var day = first
            days.insert(day)
            while day != last {
                day = (day + 1) % 7
                days.insert(day)
            }
        }
        return days
    }

    private static func span(_ word: String) -> (Range<Int>, Bool)? {
        let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { minute($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first != last, first < 1_440 else { return nil }
        return first < last ? (first..<last, false) : (last..<first, true)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[1].count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
            (0...24).contains(hour), (0..<60).contains(minute), hour < 24 || minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// Whether `time` lies in it, by the clocks of `zone`.
    public func contains(_ time: Timestamp, in zone: String?) -> Bool {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.flatMap { TimeZone(identifier: $0) } ?? .gmt
        let date = Date(timeIntervalSince1970: Double(time.nanoseconds) / 1e9)
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
        let day = ((parts.weekday ?? 2) + 5) % 7
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        guard let span else { return days.contains(day) }
        if !isOverMidnight { return days.contains(day) && span.contains(minute) }
        // The first part belongs to today, the second to yesterday.
        if minute >= span.upperBound { return days.contains(day) }
        return minute < span.lowerBound && days.contains((day + 6) % 7)
    }
}
