/// An error in a settings file, with its location.
///
///     map.yaml:7:5: unknown key "colour" in attributes.status; did you mean "column"?
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable codes for tools and tests; the message is for people.
    public enum Code: String, Sendable, CaseIterable {
        /// The text is not YAML, or not one document.
        case syntax
        /// The same key occurs twice in one mapping.
        case duplicateKey = "duplicate_key"
        case unknownKey = "unknown_key"
        case missingKey = "missing_key"
        /// A mapping where a scalar is needed, text where a number is needed, and so on.
        case wrongType = "wrong_type"
        /// The right type, but not a valid value.
        case badValue = "bad_value"
        /// Larger or deeper than any settings file needs to be.
        case tooLarge = "too_large"
    }

    public let code: Code
    /// The whole sentence, without the location.
    public let message: String
    /// The name of the file as given.
    public let file: String
    /// From 1; 0 if the error has no location in the text.
    public let line: Int
    /// From 1, in characters; 0 if the error has no location in the text.
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

/// The one of `known` most similar to `word`: at most two edits away, and fewer than half its length. Nil if none is similar.
public func nearest(_ word: String, among known: some Sequence<String>) -> String? {
    let limit = min(2, max(1, word.count / 2))
    var best: (distance: Int, word: String)?
    for candidate in known.sorted() {
        let distance = editDistance(Array(word.lowercased().prefix(64)), Array(candidate.lowercased()))
        if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
}

/// Levenshtein distance, counting a swap of adjacent characters as one edit.
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
