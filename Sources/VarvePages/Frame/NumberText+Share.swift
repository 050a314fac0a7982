internal import VarveCharts

extension NumberText {
    /// A share of a whole as a length in SVG: 0.1225 is `12.25%`.
    static func share(_ share: Double) -> String { grouped(share * 100, decimals: 2) + "%" }
}
