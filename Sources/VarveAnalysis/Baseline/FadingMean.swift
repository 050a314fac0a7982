/// A mean that forgets: an exponentially weighted moving average, which is the plain mean until `span` values have come.
struct FadingMean {
    private(set) var value = 0.0
    private var count: Int32 = 0
    private let span: Int32

    init(span: Int32) {
        self.span = span
    }

    var isEmpty: Bool { count == 0 }
    /// How many values it has seen, up to its span.
    var weight: Int { Int(count) }

    mutating func update(_ new: Double) {
        if count < span { count += 1 }
        value += (new - value) / Double(count)
    }

    /// The same, for a value that is at most `limit` away from the mean.
    mutating func update(_ new: Double, limit: Double) {
        update(isEmpty ? new : value + (new - value).clamped(to: limit))
    }
}
