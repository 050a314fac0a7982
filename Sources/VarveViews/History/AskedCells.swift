internal import VarveProjections

/// Which stored cells answer a query: as coarse as its bucket allows, and at the edges of its time, where a coarse bucket would
/// hold more than is asked for, finer ones.
///
///     asked by the day, from Monday 14:00 to Thursday
///     hours    14 15 16 … 23 │                      │
///     days                   │   Tue   │    Wed     │
struct AskedCells: Equatable {
    struct Piece: Equatable {
        var level: BucketLevel
        var buckets: ClosedRange<Int64>
    }

    /// The level of the state that the pieces add up to.
    let level: BucketLevel
    private(set) var pieces: [Piece] = []
    /// The same time in buckets of the view's permanent level.
    let permanent: ClosedRange<Int64>

    /// What of `permanent`, buckets of the view's permanent level, rows by the `bucket` need.
    init(_ view: ViewDefinition, _ bucket: BucketLevel, _ permanent: ClosedRange<Int64>) {
        let fine = view.permanentLevel
        self.permanent = permanent
        level = view.permanentLevels.filter { $0 <= bucket }.max() ?? fine
        guard level > fine, let long = level.nanoseconds, let short = fine.nanoseconds else {
            pieces = [Piece(level: fine, buckets: permanent)]
            return
        }
        let factor = long / short
        var (first, last) = (permanent.lowerBound, permanent.upperBound)
        if first > .min {
            let whole = fine.coarsen(first, to: level)
            first = whole * factor == permanent.lowerBound ? whole : whole + 1
        }
        if last < .max {
            let whole = fine.coarsen(last, to: level)
            last = (whole + 1) * factor - 1 == permanent.upperBound ? whole : whole - 1
        }
        guard first <= last else {
            pieces = [Piece(level: fine, buckets: permanent)]
            return
        }
        if first > .min, permanent.lowerBound < first * factor {
            pieces.append(Piece(level: fine, buckets: permanent.lowerBound...(first * factor - 1)))
        }
        pieces.append(Piece(level: level, buckets: first...last))
        if last < .max, permanent.upperBound > (last + 1) * factor - 1 {
            pieces.append(Piece(level: fine, buckets: ((last + 1) * factor)...permanent.upperBound))
        }
    }
}
