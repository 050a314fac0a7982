// Bulk unpacking of the packed bits of BitPacking.swift, for up to sixteen bits per value, which covers nearly every block.
//
//     width 3     … hhh ggg fff eee  ddd ccc bbb aaa      eight values in the low bits of one word
//     halves      …     hhhgggfffeee  …     dddcccbbbaaa   four and four, 32 bits apart
//     quarters    … hhhggg … fffeee … dddccc … bbbaaa      two each, 16 bits apart
//     lanes       hhh ggg fff eee ddd ccc bbb aaa          one each, 8 bits apart
//
// Three steps of masks and shifts unpack eight values at once, where unpacking one by one takes a shift, a mask and a store for
// each. Values of more than eight bits take two steps for four values.

/// The low `bits` of every `lane` bits of a word.
private func mask(_ bits: Int, every lane: Int) -> UInt64 {
    let low = (UInt64(1) << UInt64(bits)) &- 1
    return stride(from: 0, to: 64, by: lane).reduce(0) { $0 | low << UInt64($1) }
}

/// Unpacks `count` values of at most eight bits. `source` must have eight bytes after the packed ones.
func unpackBytes(_ source: UnsafeRawPointer, count: Int, width: Int, into target: UnsafeMutablePointer<UInt8>) {
    let width64 = UInt64(width)
    let (quarters, lanes) = (mask(2 * width, every: 16), mask(width, every: 8))
    let low = mask(4 * width, every: 64)
    let (evenQuarters, oddQuarters) = (quarters & 0x0000_FFFF_0000_FFFF, quarters & 0xFFFF_0000_FFFF_0000)
    let (evenLanes, oddLanes) = (lanes & 0x00FF_00FF_00FF_00FF, lanes & 0xFF00_FF00_FF00_FF00)
    let (byHalf, byQuarter, byLane) = (4 &* width64, 16 &- 2 &* width64, 8 &- width64)
    var position = 0
    var index = 0
    while index &+ 8 <= count {
        let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        var spread = word & low | ((word &>> byHalf) & low) &<< 32
        spread = spread & evenQuarters | (spread &<< byQuarter) & oddQuarters
        spread = spread & evenLanes | (spread &<< byLane) & oddLanes
        UnsafeMutableRawPointer(target + index).storeBytes(of: spread.littleEndian, as: UInt64.self)
        position &+= width
        index &+= 8
    }
    while index < count {
        target[index] = UInt8(truncatingIfNeeded: packedValue(source, at: index, width: width))
        index &+= 1
    }
}

/// Unpacks `count` values of nine to sixteen bits. `source` must have eight bytes after the packed ones.
func unpackShorts(_ source: UnsafeRawPointer, count: Int, width: Int, into target: UnsafeMutablePointer<UInt16>) {
    let width64 = UInt64(width)
    let (low, lanes) = (mask(2 * width, every: 64), mask(width, every: 16))
    let (even, odd) = (lanes & 0x0000_FFFF_0000_FFFF, lanes & 0xFFFF_0000_FFFF_0000)
    let (byHalf, byLane) = (2 &* width64, 16 &- width64)
    // Eight values take `width` bytes; the second four begin in the middle of a byte if the width is odd.
    let (middle, middleShift) = (width >> 1, UInt64(width & 1) &* 4)
    var position = 0
    var index = 0
    while index &+ 8 <= count {
        let first = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let second =
            UInt64(littleEndian: source.loadUnaligned(fromByteOffset: position &+ middle, as: UInt64.self)) &>> middleShift
        let one = first & low | ((first &>> byHalf) & low) &<< 32
        let two = second & low | ((second &>> byHalf) & low) &<< 32
        let out = UnsafeMutableRawPointer(target + index)
        out.storeBytes(of: (one & even | (one &<< byLane) & odd).littleEndian, as: UInt64.self)
        out.storeBytes(of: (two & even | (two &<< byLane) & odd).littleEndian, toByteOffset: 8, as: UInt64.self)
        position &+= width
        index &+= 8
    }
    while index < count {
        target[index] = UInt16(truncatingIfNeeded: packedValue(source, at: index, width: width))
        index &+= 1
    }
}

extension BlockHeader {
    /// Decodes the block's values, and returns the OR of all values, or of all that the width allows. Values that do not fit
    /// `Element` lose their upper bits, which shows in the result.
    @inline(__always)
    func decode<Element: FixedWidthInteger & BitwiseCopyable>(
        into target: UnsafeMutablePointer<Element>, unit: Int64
    ) -> UInt64 {
        var bits: UInt64 = 0
        if let first, width <= 16, count > 0 { return decodeShortDeltas(from: first, unit: unit, into: target) }
        guard first == nil, width <= 16, fits(Element.self, unit) else {
            decodeWords(unit: unit) { index, value in
                (target + index).initialize(to: Element(truncatingIfNeeded: value))
                bits |= UInt64(bitPattern: value)
            }
            return bits
        }
        if base == 0, unit == 1, exceptions.isEmpty {
            // Usually codes: the packed bits are the values.
            let raw = UnsafeMutableRawPointer(target)
            if Element.bitWidth == 8, width <= 8 {
                unpackBytes(packed, count: count, width: width, into: raw.assumingMemoryBound(to: UInt8.self))
                return 1 << UInt64(width) - 1
            }
            if Element.bitWidth == 16, width > 8 {
                unpackShorts(packed, count: count, width: width, into: raw.assumingMemoryBound(to: UInt16.self))
                return 1 << UInt64(width) - 1
            }
        }
        if width <= 8 {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { lanes in
                guard let lanes = lanes.baseAddress else { return }
                unpackBytes(packed, count: count, width: width, into: lanes)
                bits = scale(lanes, unit, into: target)
            }
        } else {
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { lanes in
                guard let lanes = lanes.baseAddress else { return }
                unpackShorts(packed, count: count, width: width, into: lanes)
                bits = scale(lanes, unit, into: target)
            }
        }
        for exception in exceptions {
            let low = packedValue(packed, at: exception.index, width: width)
            let value = (base &+ Int64(bitPattern: low | exception.high)) &* unit
            target[exception.index] = Element(truncatingIfNeeded: value)
            bits |= UInt64(bitPattern: value)
        }
        return bits
    }

    /// Decodes deltas of at most sixteen bits, apart from exceptions: event times, which come nearly in order. One addition per
    /// value.
    private func decodeShortDeltas<Element: FixedWidthInteger & BitwiseCopyable>(
        from first: Int64, unit: Int64, into target: UnsafeMutablePointer<Element>
    ) -> UInt64 {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { steps in
            guard let steps = steps.baseAddress else { return 0 }
            unpackSteps(into: steps)
            let base = base &* unit
            var value = first &* unit
            var bits = UInt64(bitPattern: value)
            target.initialize(to: Element(truncatingIfNeeded: value))
            var next = 1
            func run(to end: Int) {
                while next < end {
                    value = value &+ (base &+ Int64(steps[next]) &* unit)
                    (target + next).initialize(to: Element(truncatingIfNeeded: value))
                    bits |= UInt64(bitPattern: value)
                    next &+= 1
                }
            }
            for exception in exceptions.sorted(by: { $0.index < $1.index }) where exception.index >= next {
                run(to: exception.index)
                value = value &+ Int64(bitPattern: exception.high) &* unit
                run(to: exception.index + 1)
            }
            run(to: count)
            return bits
        }
    }

    private func unpackSteps(into steps: UnsafeMutablePointer<UInt16>) {
        guard width <= 8 else { return unpackShorts(packed, count: count, width: width, into: steps) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { bytes in
            guard let bytes = bytes.baseAddress else { return }
            unpackBytes(packed, count: count, width: width, into: bytes)
            for index in 0..<count { (steps + index).initialize(to: UInt16(bytes[index])) }
        }
    }

    /// Whether every value that the packed bits can represent fits `type`.
    private func fits<Element: FixedWidthInteger>(_ type: Element.Type, _ unit: Int64) -> Bool {
        if Element.bitWidth == 64 { return true }
        let (greatest, sumOverflows) = base.addingReportingOverflow(1 << Int64(width) - 1)
        let (low, lowOverflows) = base.multipliedReportingOverflow(by: unit)
        let (high, highOverflows) = greatest.multipliedReportingOverflow(by: unit)
        guard !sumOverflows, !lowOverflows, !highOverflows else { return false }
        return Element(exactly: low) != nil && Element(exactly: high) != nil
    }

    /// Computes base + lane in units with the arithmetic of `Element`, which gives the same low bits and is vectorized.
    @inline(__always)
    private func scale<Lane: FixedWidthInteger & UnsignedInteger, Element: FixedWidthInteger & BitwiseCopyable>(
        _ lanes: UnsafeMutablePointer<Lane>, _ unit: Int64, into target: UnsafeMutablePointer<Element>
    ) -> UInt64 {
        let start = Element(truncatingIfNeeded: base &* unit)
        var all: Element = 0
        if unit == 1 {
            for index in 0..<count {
                let value = start &+ Element(truncatingIfNeeded: lanes[index])
                (target + index).initialize(to: value)
                all |= value
            }
        } else {
            let unit = Element(truncatingIfNeeded: unit)
            for index in 0..<count {
                let value = start &+ Element(truncatingIfNeeded: lanes[index]) &* unit
                (target + index).initialize(to: value)
                all |= value
            }
        }
        return UInt64(truncatingIfNeeded: all)
    }
}
