/// Similarity of names, to suggest what was probably meant.
public enum NearNames {
    /// The names at an edit distance of at most `within` from `name`, nearest first.
    public static func nearest(to name: String, among names: [String], within: Int) -> [String] {
        names.map { (name: $0, distance: distance($0, name)) }.filter { $0.distance <= within }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
    }

    /// The name that was probably meant by `name`: the nearest one, if at most three letters and at most half of them differ;
    /// else nil.
    public static func meant(by name: String, among names: some Sequence<String>) -> String? {
        nearest(to: name, among: Array(names), within: max(1, min(3, name.utf8.count / 2))).first
    }

    /// The Levenshtein distance in UTF-8 bytes, of the first 100 bytes.
    public static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8.prefix(100))
        var row = Array(0...right.count)
        for (index, letter) in left.utf8.prefix(100).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
