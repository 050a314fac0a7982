/// A part of a date in UTC, of the proleptic Gregorian calendar.
enum DatePart {
    case minute, hour, dayOfWeek, dayOfMonth, dayOfYear, daysInMonth, month, year

    init?(_ function: Function) {
        switch function {
        case .minute: self = .minute
        case .hour: self = .hour
        case .dayOfWeek: self = .dayOfWeek
        case .dayOfMonth: self = .dayOfMonth
        case .dayOfYear: self = .dayOfYear
        case .daysInMonth: self = .daysInMonth
        case .month: self = .month
        case .year: self = .year
        default: return nil
        }
    }

    /// Seconds from the beginning of Go's calendar to 1970. Its first year is the first of a cycle of 400 years.
    private static let secondsBefore1970: Int64 = 9_223_372_028_715_321_600
    private static let daysFromYearOneTo1970: Int64 = 719_162
    private static let yearsBeforeYearOne: Int64 = 292_277_022_400

    /// - Parameter seconds: Since 1970; fractions are cut off. What 64 bits do not hold becomes what Go makes of it.
    func value(_ seconds: Double) -> Double {
        let moment = Int64(exactly: seconds.rounded(.towardZero)) ?? .min
        let absolute = UInt64(bitPattern: moment &+ Self.secondsBefore1970)
        let second = absolute % 86_400
        let day = Int64(absolute / 86_400)
        switch self {
        case .minute: return Double(second / 60 % 60)
        case .hour: return Double(second / 3_600)
        // The first day is a Monday.
        case .dayOfWeek: return Double((day + 1) % 7)
        default: break
        }
        let (yearOfCycles, month, dayOfMonth) = Self.date(day - Self.daysFromYearOneTo1970)
        let year = yearOfCycles - Self.yearsBeforeYearOne
        switch self {
        case .dayOfMonth: return Double(dayOfMonth)
        case .month: return Double(month)
        case .year: return Double(year)
        case .daysInMonth: return Double(Self.length(month, year))
        default: return Double((1..<month).reduce(0) { $0 + Self.length($1, year) } + dayOfMonth)
        }
    }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private static func length(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// - Parameter day: Days since 1970-01-01.
    private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Counted from 1 March of the year 0, so that the day that is there or not is the last of a year.
        let shifted = day + 719_468
        let era = floored(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

extension Evaluator {
    func dates(_ part: DatePart, _ arguments: [Expression], _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        guard let argument = arguments.first else {
            let values = (0..<grid.count).map { part.value(Double(grid.time($0) / 1000)) }
            return [StepSeries(labels: .none, values: values)]
        }
        var series = try vector(argument, grid)
        for index in series.indices {
            series[index].labels = series[index].labels.withoutName
            for step in series[index].values.indices where !series[index].values[step].isAbsent {
                series[index].values[step] = part.value(series[index].values[step])
            }
        }
        return try series.merged()
    }
}
