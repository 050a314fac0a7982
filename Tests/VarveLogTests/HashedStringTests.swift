import Testing
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// What goes into a content hash of strings, against the rule written out byte by byte.
@Suite struct HashedStringTests {
    private func table(_ strings: [String]) -> StringTable {
        var table = StringTable()
        for text in strings { Array(text.utf8).withUnsafeBytes { table.append($0) } }
        return table
    }

    /// docs/format/segment.md: numbers by first appearance up to 256 different strings, from the first one beyond in full.
    private func expected(_ strings: [String]) -> SHA256Digest {
        var bytes: [UInt8] = []
        var numbers: [String: Int]? = [:]
        func whole(_ text: String) {
            withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { bytes += $0 }
            bytes += Array(text.utf8)
        }
        for text in strings {
            if let known = numbers, known[text] == nil, known.count == 256 { numbers = nil }
            guard let known = numbers else {
                whole(text)
                continue
            }
            bytes.append(UInt8(known[text] ?? known.count))
            if known[text] == nil {
                whole(text)
                numbers?[text] = known.count
            }
        }
        return bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    @Test(arguments: [1, 5, 255, 256, 257, 300], [[40_000], [1, 70, 3_929]])
    func `are numbered, and in full from the 257th on, wherever a frame ends`(different: Int, frames: [Int]) {
        var random = SeededRandom(seed: UInt64(different))
        let sizes = [0, 1, 7, 31, 32, 33, 200]
        let strings = (0..<different).map { number in
            String(repeating: "x", count: number == 3 ? 40_000 : sizes[number % sizes.count]) + String(number)
        }
        var stream = HashedStrings()
        var hasher = SHA256Hasher()
        let scratch = HashScratch()
        var all: [String] = []
        for count in frames {
            let names = Array(strings.reversed())
            let codes = (0..<count).map { index in
                // New ones keep coming for a while.
                let met = min(different, 1 + (all.count + index) / 8)
                return UInt32(different - 1 - Int(random.next() % UInt64(met)))
            }
            all += codes.map { names[Int($0)] }
            stream.add(Codes(narrowing: codes, limit: different), table(names), 0..<count, to: &hasher, scratch)
        }
        #expect(hasher.finalize() == expected(all))
    }

    @Test func `that are all different are hashed in their order`() {
        let strings = (0..<1_000).map { "id-\($0)" }
        var stream = HashedStrings()
        var hasher = SHA256Hasher()
        stream.add(.identity(count: 1_000), table(strings), 0..<400, to: &hasher, HashScratch())
        stream.add(.identity(count: 1_000), table(strings), 400..<1_000, to: &hasher, HashScratch())
        #expect(hasher.finalize() == expected(strings))
    }
}
