/// What is wrong with a settings file, and where.
///
///     map.yaml:7:5: unknown key "colour" in attributes.status; did you mean "column"?
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable names for tools and tests; the sentence is for people.
    public enum Code: String, Sendable, CaseIterable {
        /// The text is not YAML, or not one document.
        case syntax
        /// The same key stands twice in one mapping.
        case duplicateKey = "duplicate_key"
        case unknownKey = "unknown_key"
        case missingKey = "missing_key"
        /// A mapping where a scalar is needed, text where a number is needed, and so on.
        case wrongType = "wrong_type"
        /// Right type, but not one of the values that make sense.
        case badValue = "bad_value"
        /// Larger or deeper than any settings file needs to be.
        case tooLarge = "too_large"
    }

    public let code: Code
    /// The whole sentence, without the place.
    public let message: String
    /// The name of the file as it was given.
    public let file: String
    /// From 1; 0 when the fault has no place in the text.
    public let line: Int
    /// From 1, in characters; 0 when the fault has no place in the text.
    public let column: Int

    public init(_ code: Code, _ message: String, file: String, line: Int = 0, column: Int = 0) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// The one of `known` that was probably meant by `word`: at most two edits away, and fewer than half of it. Nil when none is
/// near.
public func nearest(_ word: String, among known: some Sequence<String>) -> String? {
    let limit = min(2, max(1, word.count / 2))
    var best: (distance: Int, word: String)?
    for candidate in known.sorted() {
        let distance = editDistance(Array(word.lowercased().prefix(64)), Array(candidate.lowercased()))
        if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
}

/// Levenshtein distance with swaps of neighbours counted as one edit.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1] + [Int](repeating: 0, count: right.count)
        for j in right.indices {
            row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
            }
        }
        beforeLast = last
        last = row
    }
    return last[right.count]
}
