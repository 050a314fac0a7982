internal import VarveEvents
public import VarveProjections

/// A comparison with one of the defined numbers.
public struct MetricBound: Hashable, Sendable, CustomStringConvertible {
    public var comparison: Comparison
    public var number: DefinedNumber

    static func below(_ number: DefinedNumber) -> MetricBound { MetricBound(comparison: .less, number: number) }
    static func above(_ number: DefinedNumber) -> MetricBound { MetricBound(comparison: .greater, number: number) }
    static func atLeast(_ number: DefinedNumber) -> MetricBound { MetricBound(comparison: .greaterOrEqual, number: number) }
    static func atMost(_ number: DefinedNumber) -> MetricBound { MetricBound(comparison: .lessOrEqual, number: number) }

    public func holds(_ value: Double) -> Bool {
        switch comparison {
        case .equal: value == number.value
        case .notEqual: value != number.value
        case .less: value < number.value
        case .lessOrEqual: value <= number.value
        case .greater: value > number.value
        case .greaterOrEqual: value >= number.value
        }
    }

    /// `> 0.1 fraction`.
    public var description: String {
        "\(comparison.symbol) \(number.valueText)" + (number.unit.map { " \($0.rawValue)" } ?? "")
    }
}
