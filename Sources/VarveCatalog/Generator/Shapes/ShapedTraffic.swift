/// Events of an `EventShape` as NDJSON: the same options give the same bytes.
///
/// Event i of n is a function of the seed and i alone, and lies in the i-th of n equal parts of the time. So any order of the
/// file is an order of numbers, and needs no memory.
public struct ShapedTraffic: Sendable {
    public let shape: EventShape
    public let options: TrafficOptions
    public private(set) var made = 0
    private let series: Int
    private let shuffle: NumberShuffle
    private let writer: ShapeWriter

    public init(_ shape: EventShape, _ options: TrafficOptions) {
        self.shape = shape
        self.options = options
        series = min(EventShape.seriesCount, max(1, options.events))
        shuffle = NumberShuffle(count: options.events / 2, seed: options.seed)
        writer = ShapeWriter(shape, seed: options.seed, series: series)
    }

    /// The next lines, about `size` bytes of them; empty after the last event.
    public mutating func nextLines(size: Int = 1 << 20) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size + ShapeWriter.lineBytesMax) { memory, count in
            guard let start = memory.baseAddress else { return }
            let base = UnsafeMutableRawPointer(start)
            var text = TextCursor(at: base)
            while text.position < base + size, made < options.events {
                let number = number(at: made)
                let id = options.ids ? TrafficIdentifier(time: time(of: number), number: number, seed: options.seed) : nil
                writer.write(number, time(of: number), id, to: &text)
                made += 1
            }
            count = text.position - base
        }
    }

    /// Which event is at place `place` of the file.
    private func number(at place: Int) -> Int {
        switch shape {
        case .series:
            // Series s has the samples s, s + series, s + 2 series …; the first `events % series` have one more.
            let (whole, rest) = options.events.quotientAndRemainder(dividingBy: series)
            let longer = rest * (whole + 1)
            if place < longer { return place % (whole + 1) * series + place / (whole + 1) }
            return (place - longer) % whole * series + rest + (place - longer) / whole
        case .late:
            // Every second event is at a random one of the odd places.
            guard !place.isMultiple(of: 2) else { return place }
            return shuffle.number(at: place / 2) * 2 + 1
        case .users, .access, .spans, .seriesByTime, .signals, .tenants: return place
        }
    }

    /// Milliseconds since 1970.
    private func time(of number: Int) -> Int64 {
        let span = Int128(options.days) * Int128(TrafficShape.day)
        return options.start + Int64(Int128(number) * span / Int128(max(1, options.events)))
    }
}

/// A permutation of 0 ..< count in constant memory: a Feistel network of four rounds over the next power of four, whose numbers
/// beyond the count are permuted again until they are within.
struct NumberShuffle: Sendable {
    private let count: Int
    private let bits: UInt64
    private let seed: UInt64

    init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
        var half: UInt64 = 1
        while half < 31, 1 << (2 * half) < UInt64(max(1, count)) { half += 1 }
        bits = half
    }

    func number(at place: Int) -> Int {
        var number = UInt64(truncatingIfNeeded: place)
        repeat { number = permuted(number) } while number >= UInt64(max(1, count))
        return Int(number)
    }

    private func permuted(_ number: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << bits) - 1
        var (left, right) = (number >> bits, number & mask)
        for round in 0..<UInt64(4) {
            (left, right) = (right, left ^ (RandomStream.mixed(seed &+ round << 40 &+ right) & mask))
        }
        return left << bits | right
    }
}
