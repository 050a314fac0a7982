/// Numbers as rules and messages write them.
enum NumberText {
    /// Without needless digits: `0.05`, `300`, `14.4`.
    static func short(_ number: Double) -> String {
        if let whole = Int64(exactly: number), whole.magnitude < 1_000_000_000_000_000 { return String(whole) }
        return String(number)
    }

    /// For people: at most four digits behind the point.
    static func people(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e12 else { return String(number) }
        return short((number * 10_000).rounded() / 10_000)
    }
}
