/// The parts of the forms of a `QuantileColumn`.
extension QuantileColumn {
    struct Entry {
        var cell: UInt32
        var code: Int32
        var count: UInt64
    }

    /// Names (or bytes) `start ..< start + count` belong to `cell`; `DecimalWindows.outside` in a log means no name.
    struct Segment {
        var cell: UInt32
        private var first: UInt32
        private var length: UInt32

        init(cell: UInt32, start: Int, count: Int) {
            self.cell = cell
            first = UInt32(start)
            length = UInt32(count)
        }

        var range: Range<Int> { Int(first)..<(Int(first) + Int(length)) }
    }

    struct Summary {
        var count: Int64 = 0
        var min = Double.infinity
        var max = -Double.infinity

        @inline(__always)
        mutating func include(count: Int64, min: Double, max: Double) {
            self.count &+= count
            if min < self.min { self.min = min }
            if max > self.max { self.max = max }
        }
    }
}

/// `elements` grouped by cell, otherwise in the same order: a counting sort.
func byCell<Element>(_ elements: [Element], cells: Int, _ cell: (Element) -> UInt32) -> [Element] {
    if elements.isEmpty { return [] }
    var next = [Int](repeating: 0, count: cells + 1)
    for element in elements { next[Int(cell(element)) + 1] += 1 }
    for cell in 0..<cells { next[cell + 1] += next[cell] }
    return [Element](unsafeUninitializedCapacity: elements.count) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        for element in elements {
            let target = Int(cell(element))
            (base + next[target]).initialize(to: element)
            next[target] += 1
        }
        count = elements.count
    }
}
