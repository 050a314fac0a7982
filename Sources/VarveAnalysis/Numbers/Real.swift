// The only file of this module that imports the C library's math functions.

internal import Foundation

/// Math functions.
enum Real {
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func log10(_ x: Double) -> Double { Foundation.log10(x) }
    static func log1p(_ x: Double) -> Double { Foundation.log1p(x) }
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func pow(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
    static func erfc(_ x: Double) -> Double { Foundation.erfc(x) }
    static func logGamma(_ x: Double) -> Double { Foundation.lgamma(x) }
    static func arcTangent(_ y: Double, _ x: Double) -> Double { Foundation.atan2(y, x) }
    static func sine(_ x: Double) -> Double { Foundation.sin(x) }
}
