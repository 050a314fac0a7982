/// The text positions of a document's doubles and zeros. On the tape a double has lost digits that a time or an id may need,
/// and a zero its sign, so such a value is read from the text. The positions are found once, on first use.
struct NumberPlaces {
    private var isKnown = false
    /// Positions in the text by index on the tape.
    private var places: [Int: Int] = [:]

    /// Resets for another document.
    mutating func removeAll() {
        guard isKnown else { return }
        isKnown = false
        places.removeAll(keepingCapacity: true)
    }

    /// The number at `index` as written. It must be within the value at `root`, whose first token is number `token`.
    mutating func text(_ tape: JSONTape, _ index: Int, root: Int = 1, token: Int = 0) -> UnsafeRawBufferPointer? {
        if !isKnown {
            isKnown = true
            find(tape, root, token)
        }
        guard let start = places[index], let text = tape.text else { return nil }
        var end = start
        while Self.isNumberByte(text[end]) { end += 1 }
        return UnsafeRawBufferPointer(start: text + start, count: end - start)
    }

    static func isNumberByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte | 0x20 == 0x65
    }

    /// Counts tokens along the tape: brackets, keys, colons, commas and scalars, in text order.
    private mutating func find(_ tape: JSONTape, _ root: Int, _ first: Int) {
        let end = tape.after(root)
        var token = first
        var at = root
        // Per open container: whether it is an object, and the number of members begun.
        var open: [(isObject: Bool, members: Int)] = []
        var isValue = false
        while at < end {
            let type = tape.type(at)
            if type == Tag.objectEnd || type == Tag.arrayEnd {
                token += 1
                open.removeLast()
                isValue = false
                at += 1
                continue
            }
            if !isValue, let level = open.indices.last {
                if open[level].members > 0 { token += 1 }
                open[level].members += 1
                if open[level].isObject {
                    token += 2
                    isValue = true
                    at += 1
                    continue
                }
            }
            isValue = false
            let losesText = type == Tag.double || type == Tag.int64 && tape.int64(at) == 0
            if losesText, token < tape.tokenCount { places[at] = Int(tape.tokens[token]) }
            token += 1
            if type == Tag.object || type == Tag.array {
                open.append((type == Tag.object, 0))
                at += 1
            } else {
                at = tape.after(at)
            }
        }
    }
}
