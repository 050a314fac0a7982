// Groups of users who do alike things. Each user is a row of counts; counts become logarithms, then standard scores. k-means
// (Lloyd, *Least Squares Quantization in PCM*, 1982) from starts spread out by k-means++ (Arthur and Vassilvitskii, 2007), with a
// fixed sequence of pseudo-random numbers. The number of groups is the one with the best mean silhouette (Rousseeuw,
// *Silhouettes: A Graphical Aid to the Interpretation and Validation of Cluster Analysis*, 1987).

/// Users in groups of similar behaviour.
public struct UserClusters: Hashable, Sendable {
    public struct Cluster: Hashable, Sendable {
        /// Places of the members among the rows, those nearest to the centre first.
        public var members: [Int]
        /// The mean of each feature, in its own unit.
        public var means: [Double]
        /// The features in which it differs most from all users, in standard deviations of logarithms, largest first.
        public var marks: [(feature: Int, deviation: Double)]

        public static func == (left: Cluster, right: Cluster) -> Bool { left.members == right.members }
        public func hash(into hasher: inout Hasher) { hasher.combine(members) }
    }

    /// The largest first.
    public var clusters: [Cluster]
    /// How well the groups are separated: 1 is perfect, 0 is not at all.
    public var silhouette: Double

    public static let mostClusters = 8
    private static let rounds = 60
    private static let starts = 4
    /// Rows from which the silhouette is estimated.
    private static let sample = 400

    /// Nil of fewer than six rows, or without a feature that differs.
    ///
    /// - Parameters:
    ///   - rows: counts or other numbers that are not negative, all of the same length.
    ///   - count: the number of groups; nil to choose 2 to `mostClusters`.
    public init?(_ rows: [[Double]], count: Int? = nil) {
        guard rows.count >= 6, let width = rows.first?.count, rows.allSatisfy({ $0.count == width }) else { return nil }
        let scores = Self.standardised(rows, width)
        guard scores.contains(where: { row in row.contains { $0 != 0 } }) else { return nil }
        let most = min(Self.mostClusters, rows.count / 3)
        let choices = count.map { [min(max(1, $0), rows.count)] } ?? Array(2...max(2, most))
        var best: (places: [Int], k: Int, quality: Double)?
        for k in choices {
            let places = Self.grouped(scores, k)
            let quality = Self.silhouette(scores, places, k)
            if quality > best?.quality ?? -2 { best = (places, k, quality) }
        }
        guard let best else { return nil }
        silhouette = best.quality
        clusters = (0..<best.k).compactMap { Self.cluster($0, best.places, rows, scores, width) }
            .sorted { ($1.members.count, $0.members[0]) < ($0.members.count, $1.members[0]) }
    }

    private static func standardised(_ rows: [[Double]], _ width: Int) -> [[Double]] {
        var scores = rows.map { $0.map { Real.log1p(max(0, $0.isFinite ? $0 : 0)) } }
        for column in 0..<width {
            let values = scores.map { $0[column] }
            let (mean, deviation) = (Summary.mean(values), Summary.deviation(values))
            for row in scores.indices { scores[row][column] = deviation > 0 ? (values[row] - mean) / deviation : 0 }
        }
        return scores
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for (a, b) in zip(left, right) { sum += (a - b) * (a - b) }
        return sum
    }

    /// The group of each row: the best of a few starts.
    private static func grouped(_ rows: [[Double]], _ k: Int) -> [Int] {
        var random = Scramble(state: 0x5EED)
        var best: (places: [Int], cost: Double)?
        for _ in 0..<starts {
            var centres = spread(rows, k, &random)
            var places = [Int](repeating: 0, count: rows.count)
            var cost = Double.infinity
            for _ in 0..<rounds {
                var sum = 0.0
                for (index, row) in rows.enumerated() {
                    let nearest = nearest(row, centres)
                    places[index] = nearest.place
                    sum += nearest.distance
                }
                if sum >= cost { break }
                cost = sum
                move(&centres, rows, places)
            }
            if cost < best?.cost ?? .infinity { best = (places, cost) }
        }
        return best?.places ?? []
    }

    private static func nearest(_ row: [Double], _ centres: [[Double]]) -> (place: Int, distance: Double) {
        var found = (place: 0, distance: Double.infinity)
        for (place, centre) in centres.enumerated() {
            let distance = distance(row, centre)
            if distance < found.distance { found = (place, distance) }
        }
        return found
    }

    private static func spread(_ rows: [[Double]], _ k: Int, _ random: inout Scramble) -> [[Double]] {
        var centres = [rows[Int(random.next() * Double(rows.count)) % rows.count]]
        while centres.count < k {
            let weights = rows.map { nearest($0, centres).distance }
            var left = random.next() * weights.reduce(0, +)
            var chosen = rows.count - 1
            for (index, weight) in weights.enumerated() {
                left -= weight
                if left <= 0, weight > 0 {
                    chosen = index
                    break
                }
            }
            centres.append(rows[chosen])
        }
        return centres
    }

    private static func move(_ centres: inout [[Double]], _ rows: [[Double]], _ places: [Int]) {
        var sums = centres.map { $0.map { _ in 0.0 } }
        var counts = [Double](repeating: 0, count: centres.count)
        for (row, place) in zip(rows, places) {
            counts[place] += 1
            for column in row.indices { sums[place][column] += row[column] }
        }
        for place in centres.indices where counts[place] > 0 { centres[place] = sums[place].map { $0 / counts[place] } }
    }

    private static func silhouette(_ rows: [[Double]], _ places: [Int], _ k: Int) -> Double {
        guard k > 1 else { return 0 }
        let stride = max(1, rows.count / sample)
        let chosen = Swift.stride(from: 0, to: rows.count, by: stride).map(\.self)
        var sum = 0.0
        for index in chosen {
            var totals = [(sum: Double, count: Double)](repeating: (0, 0), count: k)
            for other in chosen where other != index {
                totals[places[other]].sum += distance(rows[index], rows[other]).squareRoot()
                totals[places[other]].count += 1
            }
            let own = totals[places[index]]
            let others = totals.indices.filter { $0 != places[index] && totals[$0].count > 0 }
            guard own.count > 0, let nearest = others.map({ totals[$0].sum / totals[$0].count }).min() else { continue }
            let inside = own.sum / own.count
            sum += max(inside, nearest) > 0 ? (nearest - inside) / max(inside, nearest) : 0
        }
        return sum / Double(chosen.count)
    }

    private static func cluster(
        _ place: Int, _ places: [Int], _ rows: [[Double]], _ scores: [[Double]], _ width: Int
    ) -> Cluster? {
        let members = places.indices.filter { places[$0] == place }
        guard !members.isEmpty else { return nil }
        let count = Double(members.count)
        let centre = (0..<width).map { column in members.reduce(0) { $0 + scores[$1][column] } / count }
        let means = (0..<width).map { column in members.reduce(0) { $0 + rows[$1][column] } / count }
        let ordered = members.map { (place: $0, distance: distance(scores[$0], centre)) }
            .sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.map(\.place)
        let marks = centre.enumerated().map { (feature: $0.offset, deviation: $0.element) }
            .sorted { (abs($1.deviation), $0.feature) < (abs($0.deviation), $1.feature) }
        return Cluster(members: ordered, means: means, marks: marks)
    }
}

/// A fixed sequence of pseudo-random numbers (SplitMix64: Steele, Lea and Flood, 2014).
private struct Scramble {
    var state: UInt64

    /// The next number, 0 ..< 1.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
    }
}
