internal import VarveEvents

/// The conversion of a source's number to our unit: multiply by one number, divide by another. Two numbers, because 96.5 / 100
/// is 0.965, and 96.5 × 0.01 is not.
struct Conversion: Hashable, Sendable {
    var times: Double = 1
    var over: Double = 1

    static let none = Conversion()

    init(times: Double = 1, over: Double = 1) {
        self.times = times
        self.over = over
    }

    /// From a factor as in descriptions: factors below one become divisions.
    init(factor: Double) {
        if factor > 0, factor < 1 { over = (1 / factor).rounded() } else { times = factor }
    }

    var isNone: Bool { times == 1 && over == 1 }

    func apply(_ value: Double) -> Double { value * times / over }
}

/// The name without insignificant characters: case, `_`, `-` and spaces.
func plainName(_ name: String) -> String {
    String(decoding: plainName(name.utf8), as: UTF8.self)
}

func plainName(_ name: some Sequence<UInt8>) -> [UInt8] {
    name.compactMap { byte in
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "): nil
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: byte
        }
    }
}

extension FieldDescription {
    /// All names under which a source may have the field, with the conversion of its number, as `plainName`s; the first match
    /// counts. First the names in the source's documents, in their unit; then our own name; then either with an explicit unit:
    /// `duration_s`, `errorRatePercent`.
    var aliases: [(name: String, conversion: Conversion)] {
        var all = sources.map { (name: $0.name, conversion: Conversion(factor: $0.factor)) }
        all.append((name, .none))
        var bases = sources.map(\.name) + [name]
        if let unit {
            for base in bases where base.hasSuffix("_" + unit.suffix) {
                bases.append(String(base.dropLast(unit.suffix.count + 1)))
            }
            for base in bases {
                for (suffix, conversion) in unit.spellings { all.append((base + suffix, conversion)) }
            }
        }
        return all.map { (plainName($0.name), $0.conversion) }
    }
}

extension FieldUnit {
    /// The suffix of names in this unit.
    fileprivate var suffix: String {
        switch self {
        case .megabytes: "mb"
        default: rawValue
        }
    }

    /// Suffixes that state a unit, with the conversion to this one.
    fileprivate var spellings: [(String, Conversion)] {
        switch self {
        case .milliseconds:
            [
                ("_ms", .none), ("_millis", .none), ("_milliseconds", .none), ("_s", Conversion(times: 1_000)),
                ("_sec", Conversion(times: 1_000)), ("_secs", Conversion(times: 1_000)), ("_seconds", Conversion(times: 1_000)),
                ("_us", Conversion(over: 1_000)), ("_micros", Conversion(over: 1_000)), ("_ns", Conversion(over: 1_000_000)),
            ]
        case .seconds:
            [
                ("_s", .none), ("_sec", .none), ("_secs", .none), ("_seconds", .none), ("_ms", Conversion(over: 1_000)),
                ("_millis", Conversion(over: 1_000)), ("_minutes", Conversion(times: 60)), ("_hours", Conversion(times: 3_600)),
            ]
        case .hours:
            [
                ("_h", .none), ("_hours", .none), ("_minutes", Conversion(over: 60)), ("_days", Conversion(times: 24)),
            ]
        case .fraction:
            [
                ("_percent", Conversion(over: 100)), ("_pct", Conversion(over: 100)), ("_fraction", .none), ("_ratio", .none),
            ]
        case .megabytes:
            [
                ("_mb", .none), ("_bytes", Conversion(over: 1_000_000)), ("_kb", Conversion(over: 1_000)),
                ("_gb", Conversion(times: 1_000)),
            ]
        case .bytes:
            [
                ("_bytes", .none), ("_kb", Conversion(times: 1_000)), ("_mb", Conversion(times: 1_000_000)),
            ]
        case .days, .count, .perSecond, .score, .deviations: []
        }
    }
}
