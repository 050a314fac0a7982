/// A growing list of strings, each as its number in an interner.
///
/// Looking a string up takes a chain of loads, each of which waits for the one before; of many strings at once the chains run
/// side by side. So strings that come one by one wait until there are some: a short one is its key, so nothing of the caller's
/// is kept. Whoever reads `numbers` calls `settle()` first.
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
        if waitingCount == waiting.count { settle() }
        waiting[waitingCount] = Probe(key: StringInterner.shortKey(utf8))
        waitingCount &+= 1
    }

    @inline(never)
    private mutating func appendLong(_ utf8: UnsafeRawBufferPointer) {
        settle()
        numbers.append(interner.intern(utf8))
    }

    /// Appends the strings at `spans` of `text`.
    mutating func append(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer) {
        settle()
        numbers.reserveAmortized(spans.count)
        interner.intern(spans, of: text, into: &numbers)
    }

    /// The number of a string, new or known, which is not appended.
    mutating func number(of utf8: UnsafeRawBufferPointer) -> UInt32 {
        settle()
        return interner.intern(utf8)
    }

    /// Appends a number given by `number(of:)`.
    @inline(__always)
    mutating func append(_ number: UInt32) {
        settle()
        numbers.append(number)
    }

    /// Gives all strings their numbers.
    mutating func settle() {
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

    /// Forgets all strings, keeping memory for as many.
    mutating func reset() {
        numbers.removeAll(keepingCapacity: true)
        interner.reset()
        waitingCount = 0
    }
}

extension Array {
    /// Room for `more`, without giving up that growth doubles.
    mutating func reserveAmortized(_ more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }

    /// Appends `more` elements, each of which `fill` initializes.
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
