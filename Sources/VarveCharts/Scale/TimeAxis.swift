/// Round moments of a time axis. Three levels: every fourth, every second, the rest; narrow charts leave out the lower ones.
struct TimeAxis: Sendable {
    struct Tick: Sendable {
        var time: Int64
        /// 1 to 3.
        var level: Int
        var label: String
    }

    let ticks: [Tick]
    private static let second: Int64 = 1_000_000_000
    private static let steps: [Int64] = [
        60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200,
        7_257_600, 31_536_000,
    ]

    init(_ start: Int64, _ end: Int64) {
        guard end > start, end != .max else {
            ticks = []
            return
        }
        let seconds = (end / Self.second) - (start / Self.second)
        let step = Self.steps.first { seconds / $0 < 13 } ?? max(1, seconds / 8)
        var number = start / Self.second / step
        if number * step * Self.second < start { number += 1 }
        var found: [Tick] = []
        while found.count < 16 {
            let (time, overflow) = (number * step).multipliedReportingOverflow(by: Self.second)
            if overflow || time >= end { break }
            let level = number % 4 == 0 ? 1 : number % 2 == 0 ? 2 : 3
            found.append(Tick(time: time, level: level, label: Self.label(time, step)))
            number += 1
        }
        // Where no round number falls into the range, what there is leads.
        if !found.contains(where: { $0.level == 1 }) {
            let best = found.map(\.level).min() ?? 1
            for index in found.indices { found[index].level -= best - 1 }
        }
        ticks = found
    }

    private static func label(_ time: Int64, _ step: Int64) -> String {
        if step >= 2_419_200 { return ClockText.date(time) }
        if step >= 86_400 || time % (86_400 * second) == 0 { return ClockText.shortDay(time) }
        return ClockText.time(time)
    }
}
