/// Fewer points than values, none of which hides anything: of each column of pixels the first, the least, the greatest and the
/// last value stay, at their own places. A column without values is a gap.
enum PixelColumns {
    /// The indices to draw, cut into lines: between two lines there is a gap.
    static func lines(_ values: [Double?], columns: Int) -> [[Int]] {
        let width = max(1, columns)
        var lines: [[Int]] = []
        var line: [Int] = []
        var at = 0
        while at < values.count {
            let column = at * width / values.count
            var end = at + 1
            while end < values.count, end * width / values.count == column { end += 1 }
            let kept = extremes(values, at..<end)
            if kept.isEmpty {
                if !line.isEmpty { lines.append(line) }
                line = []
            } else {
                line += kept
            }
            at = end
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    private static func extremes(_ values: [Double?], _ range: Range<Int>) -> [Int] {
        var first: Int?
        var last = 0
        var (least, greatest) = (0, 0)
        for index in range {
            guard let value = values[index], value.isFinite else { continue }
            if first == nil { (first, least, greatest) = (index, index, index) }
            last = index
            if let low = values[least], value < low { least = index }
            if let high = values[greatest], value > high { greatest = index }
        }
        guard let first else { return [] }
        return Array(Set([first, least, greatest, last])).sorted()
    }
}
