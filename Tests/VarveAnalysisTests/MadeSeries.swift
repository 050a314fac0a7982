import VarveAnalysis
import VarveEvents

/// What can happen to a series.
enum Incident: CaseIterable {
    case spike, drop, shift, drift, louder, stuck

    /// Within how many points it must be found.
    var length: Int {
        switch self {
        case .spike, .drop: 1
        case .shift: 12
        case .louder: 24
        case .stuck: 60
        case .drift: 144
        }
    }
}

extension Incident {
    /// Times that each is planted, at a place and with a size that the seed decides.
    static let trials = 12

    /// How often it must be found. Nearly all are, except one stuck value in fifty and one slow drift in four; the bound is so
    /// far below that no seed fails by chance.
    var least: Int {
        switch self {
        case .spike, .drop, .shift, .louder: 9
        case .stuck: 8
        case .drift: 3
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// About normal: the sum of twelve uniform numbers, less their mean.
    mutating func normal() -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }
}

/// Series that tests make from a seed: a point every five minutes.
struct MadeSeries {
    var random: SplitMix

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    static func point(_ index: Int, _ value: Double?) -> SeriesPoint {
        SeriesPoint(time: Timestamp(nanoseconds: 1_600_000_200_000_000_000 + Int64(index) * 300_000_000_000), value: value)
    }

    mutating func noise(_ count: Int) -> [SeriesPoint] {
        (0..<count).map { Self.point($0, 50 + 3 * random.normal()) }
    }

    /// A day of two halves with a smooth passage, and noise that remembers a little.
    mutating func daily(_ count: Int) -> [SeriesPoint] {
        var wander = 0.0
        return (0..<count).map { index in
            wander = 0.6 * wander + 2 * random.normal()
            let hour = Double(index % 288) / 12
            let day = 1 / (1 + ((hour - 13) / 5) * ((hour - 13) / 5))
            return Self.point(index, 100 + 80 * day + wander)
        }
    }

    mutating func inject(_ incident: Incident, into points: inout [SeriesPoint], at start: Int) {
        let size = Double.random(in: 30...60, using: &random)
        let held = points[start].value
        for index in start..<min(points.count, start + incident.length) {
            guard let value = points[index].value else { continue }
            let changed: Double? =
                switch incident {
                case .spike: value + size
                case .drop: value - size
                case .shift: value + 0.7 * size
                case .drift: value + size * Double(index - start) / 72
                case .louder: value + 0.4 * size * random.normal()
                case .stuck: held
                }
            points[index].value = changed
        }
    }
}
