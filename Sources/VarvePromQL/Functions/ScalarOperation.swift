internal import Foundation

/// An operator on two numbers.
struct ScalarOperation {
    let isComparison: Bool
    private let operation: BinaryOperator

    init(_ operation: BinaryOperator) {
        self.operation = operation
        isComparison = operation.isComparison
    }

    /// Of a comparison 1 or 0.
    @inline(__always) func number(_ left: Double, _ right: Double) -> Double {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        case .atan2: Foundation.atan2(left, right)
        case .equal: left == right ? 1 : 0
        case .notEqual: left != right ? 1 : 0
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        case .and, .or, .unless: .nan
        }
    }
}

extension Function {
    /// What it makes of one number; nil for functions of another kind.
    var operation: ((Double) -> Double)? {
        switch self {
        case .abs: { $0.magnitude }
        case .ceil: { $0.rounded(.up) }
        case .floor: { $0.rounded(.down) }
        case .exp: Foundation.exp
        case .sqrt: { $0.squareRoot() }
        case .ln: Foundation.log
        case .log2: Foundation.log2
        case .log10: Foundation.log10
        case .sin: Foundation.sin
        case .cos: Foundation.cos
        case .tan: Foundation.tan
        case .asin: Foundation.asin
        case .acos: Foundation.acos
        case .atan: Foundation.atan
        case .sinh: Foundation.sinh
        case .cosh: Foundation.cosh
        case .tanh: Foundation.tanh
        case .asinh: Foundation.asinh
        case .acosh: Foundation.acosh
        case .atanh: Foundation.atanh
        case .rad: { $0 * .pi / 180 }
        case .deg: { $0 * 180 / .pi }
        case .sgn: { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }
        default: nil
        }
    }
}
