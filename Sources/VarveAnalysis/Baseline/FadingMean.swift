/// An exponentially weighted moving average, which equals the plain mean for the first `span` values.
struct FadingMean {
    private(set) var value = 0.0
    private var count: Int32 = 0
    private let span: Int32

    init(span: Int32) {
        self.span = span
    }

    var isEmpty: Bool { count == 0 }
    /// The number of values seen, up to the span.
    var weight: Int { Int(count) }

    mutating func update(_ new: Double) {
        if count < span { count += 1 }
        value += (new - value) / Double(count)
    }

    /// The same, with the new value clamped to within `limit` of the mean.
    mutating func update(_ new: Double, limit: Double) {
        update(isEmpty ? new : value + (new - value).clamped(to: limit))
    }
}
