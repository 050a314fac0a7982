/// A value of a dimension whose share of all events changed between two periods.
public struct ShareChange: Hashable, Sendable {
    public enum Kind: String, Sendable { case new, gone, more, less }

    public var name: String
    public var kind: Kind
    public var before: Int
    public var after: Int
    /// Of all events of its period.
    public var shareBefore: Double
    public var shareAfter: Double
    /// Of shares as different by chance: the z-test of two proportions.
    public var probability: Double

    /// The limit of the probability is divided by the number of values (Bonferroni), and a share must change by half at least.
    private static let probabilityLimit = 0.001
    private static let ratio = 1.5

    /// The changes, least probable first. Counts by name; a name that is missing counts 0.
    public static func find(before: [String: Int], after: [String: Int]) -> [ShareChange] {
        let totals = (before.values.reduce(0, Self.sum), after.values.reduce(0, Self.sum))
        guard totals.0 > 0, totals.1 > 0 else { return [] }
        let names = Set(before.keys).union(after.keys)
        var found: [ShareChange] = []
        for name in names {
            let counts = (max(0, before[name] ?? 0), max(0, after[name] ?? 0))
            let shares = (Double(counts.0) / Double(totals.0), Double(counts.1) / Double(totals.1))
            guard let test = Comparison.proportions((counts.0, totals.0), (counts.1, totals.1)),
                test.probability < probabilityLimit / Double(names.count)
            else { continue }
            let kind: Kind
            if counts.0 == 0 {
                kind = .new
            } else if counts.1 == 0 {
                kind = .gone
            } else if shares.1 >= ratio * shares.0 {
                kind = .more
            } else if shares.0 >= ratio * shares.1 {
                kind = .less
            } else {
                continue
            }
            found.append(
                ShareChange(
                    name: name, kind: kind, before: counts.0, after: counts.1, shareBefore: shares.0, shareAfter: shares.1,
                    probability: test.probability))
        }
        return found.sorted { ($0.probability, $0.name) < ($1.probability, $1.name) }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        left.addingReportingOverflow(max(0, right)).overflow ? Int.max : left + max(0, right)
    }
}
