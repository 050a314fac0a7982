internal import VarveProjections

/// The stored cells that answer a query: cells of the coarsest level that its bucket allows, and finer ones at the ends of the
/// range, where a coarse bucket would contain too much.
///
///     by day, from Monday 14:00 to Thursday
///     hours    14 15 16 … 23 │                      │
///     days                   │   Tue   │    Wed     │
struct RequestedCells: Equatable {
    struct Piece: Equatable {
        var level: BucketLevel
        var buckets: ClosedRange<Int64>
    }

    /// The level of the state that the pieces merge to.
    let level: BucketLevel
    private(set) var pieces: [Piece] = []
    /// The same range in buckets of the view's permanent level.
    let permanent: ClosedRange<Int64>

    /// Splits `permanent`, a range of buckets of the view's permanent level, for rows by `bucket`.
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
