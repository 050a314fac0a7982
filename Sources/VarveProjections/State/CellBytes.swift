/// Reads the bytes of cells without throwing or allocating: nil if they end too early or are not a valid state. Valid only as
/// long as the underlying bytes.
struct CellBytes {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }
    var left: Int { bytes.count - position }

    @inline(__always)
    mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard left >= MemoryLayout<Number>.size else { return nil }
        defer { position += MemoryLayout<Number>.size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    /// A non-negative count.
    @inline(__always)
    mutating func count() -> Int64? {
        guard let value = fixed(Int64.self), value >= 0 else { return nil }
        return value
    }

    @inline(__always)
    mutating func double() -> Double? {
        guard let bits = fixed(UInt64.self), Double(bitPattern: bits).isFinite else { return nil }
        return Double(bitPattern: bits)
    }

    @inline(__always)
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= left else { return nil }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    @inline(__always)
    mutating func block() -> UnsafeRawBufferPointer? {
        fixed(UInt32.self).flatMap { take(Int($0)) }
    }

    @inline(__always)
    mutating func leb() -> UInt64? {
        guard left > 0 else { return nil }
        let first = bytes[position]
        position += 1
        return first < 0x80 ? UInt64(first) : longLeb(first)
    }

    private mutating func longLeb(_ first: UInt8) -> UInt64? {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while left > 0, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// The bytes of a sketch's buckets, which have no length prefix.
    mutating func sketch() -> UnsafeRawBufferPointer? {
        let start = position
        guard leb() != nil else { return nil }
        for _ in 0..<2 {
            guard let buckets = leb(), buckets <= UInt64(left / 2) else { return nil }
            for _ in 0..<(buckets * 2) where leb() == nil { return nil }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }
}

extension MeasureColumn {
    /// Merges the states of cells, of which state i begins at `states[i]`, into `cells[i]`. False if one is invalid. `isLast`:
    /// nothing follows the states.
    func absorb(
        _ kind: MeasureKind, _ cells: [UInt32], _ states: UnsafeMutableBufferPointer<CellBytes>, isLast: Bool
    ) -> Bool {
        switch kind {
        case .count: return unsafeDowncast(self, to: CountColumn.self).absorb(cells, states)
        case .quantiles: return unsafeDowncast(self, to: QuantileColumn.self).absorb(cells, states, isLast: isLast)
        default:
            for index in states.indices where !absorb(kind, Int(cells[index]), &states[index]) { return false }
            return true
        }
    }

    private func absorb(_ kind: MeasureKind, _ cell: Int, _ bytes: inout CellBytes) -> Bool {
        switch kind {
        case .count, .quantiles: preconditionFailure("counts and sketches are merged in bulk")
        case .sum, .product:
            guard let micros = bytes.fixed(Int128.self), let count = bytes.count(), let excluded = bytes.count() else {
                return false
            }
            unsafeDowncast(self, to: SumColumn.self).add(cell, .init(micros: micros, count: count, excluded: excluded))
            return true
        case .min, .max:
            switch bytes.fixed(UInt8.self) {
            case 0: return true
            case 1:
                guard let value = bytes.double() else { return false }
                unsafeDowncast(self, to: ExtremeColumn.self).add(cell, value)
                return true
            case 2:
                guard let value = bytes.fixed(Int64.self) else { return false }
                unsafeDowncast(self, to: ExtremeColumn.self).add(cell, value)
                return true
            default: return false
            }
        case .last: return unsafeDowncast(self, to: LastColumn.self).absorb(cell, &bytes)
        case .distinct, .combinations: return unsafeDowncast(self, to: DistinctColumn.self).sets[cell].absorb(&bytes)
        case .topK: return unsafeDowncast(self, to: TopColumn.self).absorb(cell, &bytes)
        }
    }
}

extension CountColumn {
    fileprivate func absorb(_ cells: [UInt32], _ states: UnsafeMutableBufferPointer<CellBytes>) -> Bool {
        counts.withUnsafeMutableBufferPointer { counts in
            for index in states.indices {
                guard let count = states[index].count() else { return false }
                counts[Int(cells[index])] &+= count
            }
            return true
        }
    }
}

extension LastColumn {
    fileprivate func absorb(_ cell: Int, _ bytes: inout CellBytes) -> Bool {
        guard let flag = bytes.fixed(UInt8.self), flag <= 1 else { return false }
        if flag == 0 { return true }
        guard let time = bytes.fixed(Int64.self), let offset = bytes.fixed(UInt64.self), let key = bytes.block() else {
            return false
        }
        if isLater(cell, time: time, offset: offset) { values[cell] = Last(time: time, offset: offset, key: Array(key)) }
        return true
    }
}

extension QuantileColumn {
    /// The arrays are moved out while they grow: a class checks exclusive access before each change.
    fileprivate func absorb(_ cells: [UInt32], _ states: UnsafeMutableBufferPointer<CellBytes>, isLast: Bool) -> Bool {
        var (summaries, merged, segments) = (self.summaries, self.merged, mergedSegments)
        (self.summaries, self.merged, mergedSegments) = ([], [], [])
        defer {
            (self.summaries, self.merged, mergedSegments) = (summaries, merged, segments)
            settleIfLarge()
        }
        for index in states.indices {
            guard let head = states[index].leb() else { return false }
            let count = Int64(head & UInt64(Int64.max))
            if head == 0 { continue }
            guard let min = states[index].double(), let max = states[index].double(), min <= max else { return false }
            if head >> 63 == 1 {
                guard let low = states[index].leb(), let high = states[index].leb(),
                    exact.include(Int(cells[index]), min, max, low, high)
                else { return false }
            } else {
                exact.include(Int(cells[index]), min, max)
            }
            guard let sketch = isLast ? states[index].take(states[index].left) : states[index].sketch()
            else { return false }
            summaries[Int(cells[index])].include(count: count, min: min, max: max)
            segments.append(Segment(cell: cells[index], start: merged.count, count: sketch.count))
            merged.append(contentsOf: sketch)
        }
        return true
    }
}

extension DistinctSet {
    fileprivate mutating func absorb(_ bytes: inout CellBytes) -> Bool {
        switch bytes.fixed(UInt8.self) {
        case 0:
            guard let number = bytes.fixed(UInt32.self), number <= Self.exactLimit,
                let hashes = bytes.take(Int(number) * 8)
            else { return false }
            reserve(count + Int(number))
            insert(
                contentsOf: (0..<Int(number)).map {
                    UInt64(littleEndian: hashes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
                })
            return true
        case 1:
            guard let registers = bytes.take(Self.registerCount), registers.allSatisfy({ $0 <= 51 }) else { return false }
            formUnion(DistinctSet(registers: Array(registers)))
            return true
        default: return false
        }
    }
}

extension TopColumn {
    fileprivate func absorb(_ cell: Int, _ bytes: inout CellBytes) -> Bool {
        guard let number = bytes.fixed(UInt32.self) else { return false }
        for _ in 0..<number {
            guard let key = bytes.block(), let count = bytes.count() else { return false }
            add(cell, key, count)
        }
        guard let rest = bytes.count() else { return false }
        cells[cell].other &+= rest
        return true
    }
}
