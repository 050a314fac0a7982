/// Many strings at once, which lie in one buffer.
extension StringInterner {
    /// Appends the number of each string at `spans` of `text` to `numbers`.
    ///
    /// First the slots of some strings are fetched, then those strings are looked up: the cache misses of the first round do not
    /// wait for one another.
    mutating func intern(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer, into numbers: inout [UInt32]) {
        numbers.reserveAmortized(spans.count)
        withUnsafeTemporaryAllocation(of: Probe.self, capacity: Self.probesMax) { probes in
            var start = 0
            while start < spans.count {
                let some = UnsafeBufferPointer(rebasing: spans[start..<min(start + Self.probesMax, spans.count)])
                while (count + some.count) * 2 > slots.count { grow() }
                fetch(some, of: text, probes)
                var done = 0
                while done < some.count {
                    done += appendKnown(some, from: done, of: text, probes, to: &numbers)
                    guard done < some.count else { break }
                    let utf8 = UnsafeRawBufferPointer(start: text + Int(some[done].start), count: Int(some[done].count))
                    numbers.append(number(utf8, probes[done]))
                    done += 1
                }
                start += some.count
            }
        }
        last.key.length = -1
    }

    /// Appends the numbers of the strings up to the first one that is new. Returns how many there were.
    private func appendKnown(
        _ spans: UnsafeBufferPointer<TextSpan>, from start: Int, of text: UnsafeRawPointer,
        _ probes: UnsafeMutableBufferPointer<Probe>, to numbers: inout [UInt32]
    ) -> Int {
        slots.withUnsafeBufferPointer { slots in
            keys.withUnsafeBufferPointer { keys in
                let mask = slots.count - 1
                let tagMask = ~UInt32(truncatingIfNeeded: mask)
                var place = start
                while place < spans.count {
                    let hash = probes[place].hash
                    let tag = UInt32(truncatingIfNeeded: hash >> 32) & tagMask
                    var index = Int(truncatingIfNeeded: hash) & mask
                    var slot = probes[place].slot
                    if slot == 0 { slot = slots[index] }
                    while slot != 0 {
                        let number = (slot & ~tagMask) &- 1
                        let utf8 = UnsafeRawBufferPointer(
                            start: text + Int(spans[place].start), count: Int(spans[place].count))
                        if slot & tagMask == tag, keys[Int(number)] == probes[place].key, isSame(number, utf8) {
                            numbers.append(number)
                            break
                        }
                        index = (index &+ 1) & mask
                        slot = slots[index]
                    }
                    if slot == 0 { break }
                    place &+= 1
                }
                return place - start
            }
        }
    }

    private static let probesMax = 32

    private func fetch(
        _ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer, _ probes: UnsafeMutableBufferPointer<Probe>
    ) {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            for place in spans.indices {
                let key = Self.key(
                    UnsafeRawBufferPointer(start: text + Int(spans[place].start), count: Int(spans[place].count)))
                let hash = Self.hash(key)
                probes.initializeElement(
                    at: place, to: Probe(key: key, hash: hash, slot: slots[Int(truncatingIfNeeded: hash) & mask]))
            }
        }
    }
}

extension Array {
    /// Room for `count` more, without giving up that growth doubles.
    mutating func reserveAmortized(_ more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }
}
