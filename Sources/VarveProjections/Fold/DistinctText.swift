internal import VarveHash

/// The hash of a text among distinct values.
///
/// Numbers and booleans are hashed as their text: `200` as "200". A text that reads exactly like one of them is hashed as its
/// key bytes instead, so that the number 200 and the text "200" are two values, as in dimensions. Only attributes have values of
/// several types; all other texts, and those of the envelope, are hashed as they are.
enum DistinctText {
    static func hash(_ text: UnsafeRawBufferPointer, ofAttribute isAttribute: Bool) -> UInt64 {
        guard isAttribute, readsLikeAnotherType(text) else { return XXH3.hash64(text) }
        var key: [UInt8] = []
        KeyBytes.append(utf8: text, to: &key)
        return key.withUnsafeBytes { XXH3.hash64($0) }
    }

    /// The longest text of a number has 24 bytes: `-2.2250738585072014e-308`.
    private static let bytesMax = 24

    /// Whether the text is that of a number or a boolean, as they are hashed.
    static func readsLikeAnotherType(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, text.count <= bytesMax, mayBegin(first) else { return false }
        let word = String(decoding: text, as: UTF8.self)
        if word == "true" || word == "false" { return true }
        if let whole = Int64(word) { return String(whole) == word }
        guard let number = Double(word), Int64(exactly: number) == nil else { return false }
        return String(number) == word
    }

    /// A digit, a sign, or the beginning of `true`, `false`, `inf` and `nan`.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "i"),
            UInt8(ascii: "n"):
            true
        default: false
        }
    }
}
