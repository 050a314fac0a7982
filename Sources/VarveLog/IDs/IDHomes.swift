internal import VarveEvents
internal import VarveHash

/// Where in a table of ids the search for one begins. Ids are chosen outside, and their hashes are stored and public: so the
/// place depends on secret words, too.
struct IDHomes: Sendable {
    private let low: UInt64
    private let high: UInt64

    init(_ seed: TableSeed) { (low, high) = (seed.words[0], seed.words[1]) }

    @inline(__always)
    func slot(_ hash: Hash128, of slots: Int) -> Int {
        let mixed = hash.low &* low &+ hash.high &* high
        return Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(truncatingIfNeeded: slots)).high)
    }
}
