/// The samples of one series in one window, of which there is at least one.
struct Window {
    let times: UnsafePointer<Int64>
    let values: UnsafePointer<Double>
    let count: Int
    /// How many samples of the series lie before the window.
    let start: Int
    /// The window's ends, both included, in milliseconds.
    let from: Int64
    let to: Int64
    /// Which step of the evaluation, and its moment.
    let step: Int
    let evaluation: Int64

    var first: Double { values[0] }
    var last: Double { values[count - 1] }
    var seconds: Double { Double(to - from) / 1000 }
}

/// What a function of ranges makes of a window. A copy of it serves one series, whose windows come in order.
protocol WindowFold {
    /// All samples of the series, before its first window.
    mutating func begin(_ samples: UnsafeBufferPointer<Double>)
    /// The absent value for no result.
    mutating func value(of window: Window) -> Double
}

extension WindowFold {
    mutating func begin(_ samples: UnsafeBufferPointer<Double>) {}
}

/// A sum whose rounding errors are kept aside (Kahan's, as Neumaier improved it).
struct CompensatedSum {
    private(set) var sum = 0.0
    private var lost = 0.0

    @inline(__always) mutating func add(_ value: Double) {
        let total = sum + value
        if sum.magnitude >= value.magnitude {
            lost += (sum - total) + value
        } else {
            lost += (value - total) + sum
        }
        sum = total
    }

    var total: Double { sum + lost }
    /// Where the sum itself is infinite, what was lost is no number.
    var totalOrInfinity: Double { sum.isInfinite ? sum : total }
}
