internal import VarveEvents

/// The parts of a time found by a format.
struct TimeParts {
    private var year: Int64?
    private var month: Int64?
    private var day: Int64?
    private var dayOfYear: Int64?
    private var hour: Int64 = 0
    private var isAfternoon: Bool?
    private var minute: Int64 = 0
    private var second: Int64 = 0
    private var nanoseconds: Int64 = 0
    private var epoch: Int64?
    private var offset: Int64?

    /// Parses the directive `letter` at `at`, and advances `at`. False if the text does not match.
    mutating func read(_ letter: UInt8, _ text: UnsafeRawBufferPointer, _ at: inout Int, takesFraction: Bool) -> Bool {
        switch letter {
        case UInt8(ascii: "Y"): return number(text, &at, 4, 0...9_999) { $0.year = $1 }
        case UInt8(ascii: "y"): return number(text, &at, 2, 0...99) { $0.year = $1 < 69 ? 2_000 + $1 : 1_900 + $1 }
        case UInt8(ascii: "m"): return number(text, &at, 2, 1...12) { $0.month = $1 }
        case UInt8(ascii: "d"), UInt8(ascii: "e"):
            while at < text.count, text[at] == 0x20 { at += 1 }
            return number(text, &at, 2, 1...31) { $0.day = $1 }
        case UInt8(ascii: "j"): return number(text, &at, 3, 1...366) { $0.dayOfYear = $1 }
        case UInt8(ascii: "H"): return number(text, &at, 2, 0...23) { $0.hour = $1 }
        case UInt8(ascii: "I"): return number(text, &at, 2, 1...12) { $0.hour = $1 }
        case UInt8(ascii: "M"): return number(text, &at, 2, 0...59) { $0.minute = $1 }
        case UInt8(ascii: "S"):
            guard number(text, &at, 2, 0...60, { $0.second = $1 }) else { return false }
            if takesFraction, at + 1 < text.count, text[at] == 0x2E || text[at] == 0x2C, text[at + 1] &- 0x30 < 10 {
                at += 1
                return fraction(text, &at)
            }
            return true
        case UInt8(ascii: "f"): return fraction(text, &at)
        case UInt8(ascii: "s"), UInt8(ascii: "Q"): return epoch(letter, text, &at)
        case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "h"):
            guard let found = Self.name(text, &at, Self.months) else { return false }
            month = Int64(found + 1)
            return true
        case UInt8(ascii: "a"), UInt8(ascii: "A"): return Self.name(text, &at, Self.weekdays) != nil
        case UInt8(ascii: "p"):
            guard at + 2 <= text.count, text[at + 1] | 0x20 == 0x6D, text[at] | 0x20 == 0x61 || text[at] | 0x20 == 0x70
            else { return false }
            isAfternoon = text[at] | 0x20 == 0x70
            at += 2
            return true
        default: return zone(text, &at)
        }
    }

    /// 1 to `width` digits.
    private mutating func number(
        _ text: UnsafeRawBufferPointer, _ at: inout Int, _ width: Int, _ range: ClosedRange<Int64>,
        _ set: (inout TimeParts, Int64) -> Void
    ) -> Bool {
        let first = at
        var value: Int64 = 0
        while at < text.count, at - first < width, text[at] &- 0x30 < 10 {
            value = value * 10 + Int64(text[at] - 0x30)
            at += 1
        }
        guard at > first, range.contains(value) else { return false }
        set(&self, value)
        return true
    }

    private mutating func fraction(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
        let first = at
        nanoseconds = ClockTime.fraction(text, &at)
        return at > first
    }

    private mutating func epoch(_ letter: UInt8, _ text: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
        let first = at
        while at < text.count, text[at] &- 0x30 < 10 || text[at] == 0x2E || at == first && text[at] == 0x2D { at += 1 }
        let number = UnsafeRawBufferPointer(rebasing: text[first..<at])
        let unit = letter == UInt8(ascii: "s") ? TimeUnit.seconds : .milliseconds
        guard case .nanoseconds(let value) = EpochNumber.read(number, unit: unit) else { return false }
        epoch = value
        return true
    }

    private mutating func zone(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
        // The longest match.
        for count in [6, 5, 3, 1] where at + count <= text.count {
            guard let seconds = ISOTime.offset(UnsafeRawBufferPointer(rebasing: text[at..<(at + count)]), 0) else { continue }
            offset = seconds
            at += count
            return true
        }
        return false
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The one of `names` that is at `at`, in full or as its first three letters.
    private static func name(_ text: UnsafeRawBufferPointer, _ at: inout Int, _ names: [String]) -> Int? {
        var end = at
        while end < text.count, (0x61...0x7A).contains(text[end] | 0x20) { end += 1 }
        let word = text[at..<end].map { $0 | 0x20 }
        for (number, name) in names.enumerated() where word.count >= 3 {
            guard word.elementsEqual(name.utf8) || word.elementsEqual(name.utf8.prefix(3)) else { continue }
            at = end
            return number
        }
        return nil
    }

    func moment(zone: TimeZoneRule?, latest: Int64) -> TimePattern.Reading {
        if let epoch { return .moment(epoch) }
        guard offset != nil || zone != nil else { return .noZone }
        if let year { return moment(year, zone).map { .moment($0) } ?? .notATime }
        // The latest year in which the time is not in the future; up to eight years back for the 29th of February.
        let days = latest / 86_400_000_000_000
        let now = 1970 + days / 365 + 1
        for year in stride(from: now, through: now - 10, by: -1) {
            if let value = moment(year, zone), value <= latest { return .moment(value) }
        }
        return .notATime
    }

    private func moment(_ year: Int64, _ zone: TimeZoneRule?) -> Int64? {
        var days: Int64
        if let dayOfYear {
            guard dayOfYear <= 365 || RFC3339.daysIn(month: 2, year: year) == 29 else { return nil }
            days = RFC3339.daysSince1970(year: year, month: 1, day: 1) + dayOfYear - 1
        } else {
            guard let month, let day, day <= RFC3339.daysIn(month: month, year: year) else { return nil }
            days = RFC3339.daysSince1970(year: year, month: month, day: day)
        }
        var hour = hour
        if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
        let local = days * 86_400 + hour * 3_600 + minute * 60 + second
        guard let seconds = offset.map({ local - $0 }) ?? zone?.utc(local) else { return nil }
        return EventClock.sum(seconds, nanoseconds)
    }
}
