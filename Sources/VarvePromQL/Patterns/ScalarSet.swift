/// A set of characters, as ranges of their numbers.
struct ScalarSet {
    private(set) var ranges: [ClosedRange<UInt32>] = []

    init(_ ranges: [ClosedRange<UInt32>] = []) { self.ranges = ranges }

    /// In any order, and where they overlap.
    init(unordered: [ClosedRange<UInt32>]) {
        for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    static let last: UInt32 = 0x10FFFF
    static let all = ScalarSet([0...last])
    static let allButNewline = ScalarSet([0...9, 11...last])
    static let digits = ScalarSet([0x30...0x39])
    static let blanks = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let words = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])

    /// What stands between `[:` and `:]`.
    static let named: [String: ScalarSet] = [
        "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]),
        "ascii": ScalarSet([0...0x7F]), "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
        "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]), "digit": digits, "graph": ScalarSet([0x21...0x7E]),
        "lower": ScalarSet([0x61...0x7A]), "print": ScalarSet([0x20...0x7E]),
        "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": ScalarSet([0x09...0x0D, 0x20...0x20]), "upper": ScalarSet([0x41...0x5A]), "word": words,
        "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    /// Its one character, when it has one.
    var single: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    func contains(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= scalar
    }

    var inverted: ScalarSet {
        var inverted: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { inverted.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { inverted.append(next...Self.last) }
        return ScalarSet(inverted)
    }

    /// With the other case of its letters. Of large ranges beyond ASCII the letters are taken as they are.
    var ignoringCase: ScalarSet {
        var others = ranges
        for range in ranges {
            for (lower, upper) in [(UInt32(0x41), UInt32(0x5A)), (UInt32(0x61), UInt32(0x7A))] {
                let (first, last) = (max(lower, range.lowerBound), min(upper, range.upperBound))
                if first <= last { others.append((first ^ 0x20)...(last ^ 0x20)) }
            }
            if range.lowerBound > 0x7F, range.count <= 512 {
                for value in range {
                    guard let scalar = Unicode.Scalar(value) else { continue }
                    for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                        if let other = text.unicodeScalars.first, text.unicodeScalars.count == 1 {
                            others.append(other.value...other.value)
                        }
                    }
                }
            }
        }
        return ScalarSet(unordered: others)
    }
}
