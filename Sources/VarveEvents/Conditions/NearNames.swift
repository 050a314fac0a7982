/// How alike two names are, to guess what was meant.
public enum NearNames {
    /// The names at most `within` letters from `name`, the nearest first.
    public static func nearest(to name: String, among names: [String], within: Int) -> [String] {
        names.map { (name: $0, distance: distance($0, name)) }.filter { $0.distance <= within }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
    }

    /// The one name that was probably meant by `name`: the nearest, when fewer than half of its letters differ; nil when none is
    /// near.
    public static func meant(by name: String, among names: some Sequence<String>) -> String? {
        nearest(to: name, among: Array(names), within: max(1, min(3, name.utf8.count / 2))).first
    }

    /// Letters to insert, remove or change until one is the other (Levenshtein).
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
