/// A growing list of strings, each stored as its number in an interner.
///
/// Looking up a string is a chain of dependent loads; for many strings at once the chains run in parallel. So strings that come
/// one by one are queued until there are several. A short string is stored completely in its key, so nothing of the caller's
/// memory is retained. Call `flush()` before reading `numbers`.
struct StringCodes: Sendable {
    private typealias Probe = StringInterner.Probe

    private(set) var numbers: [UInt32] = []
    private var interner = StringInterner()
    private var waiting = InlineArray<16, Probe>(repeating: Probe(key: StringInterner.Key(length: 0)))
    private var waitingCount = 0

    /// The distinct strings, by number.
    var table: StringTable { interner.table }

    @inline(__always)
    mutating func append(_ utf8: UnsafeRawBufferPointer) {
        guard utf8.count <= StringInterner.Key.wholeMax else { return appendLong(utf8) }
        if waitingCount == waiting.count { flush() }
        waiting[waitingCount] = Probe(key: StringInterner.shortKey(utf8))
        waitingCount &+= 1
    }

    @inline(never)
    private mutating func appendLong(_ utf8: UnsafeRawBufferPointer) {
        flush()
        numbers.append(interner.intern(utf8))
    }

    /// Appends the strings at `spans` of `text`.
    mutating func append(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer) {
        flush()
        numbers.reserveAmortized(spans.count)
        interner.intern(spans, of: text, into: &numbers)
    }

    /// The number of a string, new or known, without appending it.
    mutating func number(of utf8: UnsafeRawBufferPointer) -> UInt32 {
        flush()
        return interner.intern(utf8)
    }

    /// Appends a number returned by `number(of:)`.
    @inline(__always)
    mutating func append(_ number: UInt32) {
        flush()
        numbers.append(number)
    }

    /// Assigns numbers to all queued strings.
    mutating func flush() {
        guard waitingCount > 0 else { return }
        withUnsafeMutableBytes(of: &waiting) { raw in
            let probes = UnsafeMutableBufferPointer(rebasing: raw.assumingMemoryBound(to: Probe.self)[0..<waitingCount])
            interner.intern(probes, into: &numbers)
        }
        waitingCount = 0
    }

    mutating func removeLast() {
        if waitingCount > 0 { waitingCount -= 1 } else { numbers.removeLast() }
    }

    /// Forgets all strings but keeps the memory.
    mutating func reset() {
        numbers.removeAll(keepingCapacity: true)
        interner.reset()
        waitingCount = 0
    }
}

extension Array {
    /// Reserves room for `more` elements while still growing geometrically.
    mutating func reserveAmortized(_ more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }

    /// Appends `more` elements, which `fill` must initialize.
    @inline(__always)
    mutating func append(_ more: Int, _ fill: (UnsafeMutablePointer<Element>) -> Void) {
        reserveAmortized(more)
        append(addingCapacity: more) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = buffer.baseAddress else { return }
                fill(base + initialized)
                initialized += more
            }
        }
    }
}
