internal import VarveEvents
internal import VarveHash

/// Picks the slot at which the search for an id starts. Clients choose ids and their hashes are public, so the slot also
/// depends on a secret seed: nobody can choose ids that all collide.
struct IDSlots: Sendable {
    private let low: UInt64
    private let high: UInt64

    init(_ seed: TableSeed) { (low, high) = (seed.words[0], seed.words[1]) }

    @inline(__always)
    func slot(_ hash: Hash128, of slots: Int) -> Int {
        let mixed = hash.low &* low &+ hash.high &* high
        return Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(truncatingIfNeeded: slots)).high)
    }
}
