/// Where labels stand that would else lie upon each other.
enum LabelPlaces {
    /// The same places, in order, at least `least` apart: pushed down, then up from the floor.
    static func apart(_ places: [Double], least: Double, floor: Double, ceiling: Double) -> [Double] {
        var placed = places
        for index in placed.indices.dropFirst() { placed[index] = max(placed[index], placed[index - 1] + least) }
        var limit = floor
        for index in placed.indices.reversed() {
            placed[index] = max(ceiling - 6, min(placed[index], limit))
            limit = placed[index] - least
        }
        return placed
    }

    /// At most so many letters, in the middle of which something was left out: beginnings and ends tell names apart.
    static func cut(_ name: String, to letters: Int) -> String {
        guard name.count > letters, letters > 4 else { return name }
        let tail = letters / 3
        return name.prefix(letters - tail - 1) + "…" + name.suffix(tail)
    }
}
