/// What failures of one kind cost.
public struct FailureCost: Hashable, Sendable {
    /// What failed: a signal, and where.
    public var name: String
    public var place: String
    public var count: Int
    /// Money for each.
    public var price: Double
    /// Failures that would have been expected at the rate of the time before; nil if that is not known.
    public var usual: Double?
    public var cost: Double { Double(count) * price }
    /// The money for failures beyond the usual.
    public var excess: Double? { usual.map { (Double(count) - $0) * price } }

    public init(name: String, place: String, count: Int, price: Double, usual: Double?) {
        (self.name, self.place, self.count, self.price, self.usual) = (name, place, count, price, usual)
    }

    /// The most expensive first.
    public static func ordered(_ all: [FailureCost]) -> [FailureCost] {
        all.sorted { ($1.cost, $0.name, $0.place) < ($0.cost, $1.name, $1.place) }
    }
}
