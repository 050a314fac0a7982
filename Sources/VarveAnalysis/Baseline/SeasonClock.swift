internal import VarveEvents

/// The hour of the week and the quarter of an hour of the day of a time, in UTC unless shifted.
struct SeasonClock {
    static let quarters = 96
    static let hours = 168

    /// The offset of local clocks from UTC, in seconds.
    var ahead: Int64 = 0

    func quarter(of time: Timestamp) -> Int {
        Int(seconds(time).modulo(86_400) / 900)
    }

    /// Hour 0 is Monday 00:00.
    func hour(of time: Timestamp) -> Int {
        // 1970-01-01 was a Thursday, three days after a Monday.
        Int((seconds(time) + 3 * 86_400).modulo(604_800) / 3_600)
    }

    private func seconds(_ time: Timestamp) -> Int64 {
        time.nanoseconds / 1_000_000_000 - (time.nanoseconds % 1_000_000_000 < 0 ? 1 : 0) + ahead
    }
}

extension Int64 {
    /// The non-negative remainder.
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
