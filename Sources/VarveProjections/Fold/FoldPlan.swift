public import VarveEvents

/// The views that are folded together, at which bucket levels, and the columns they need.
public struct FoldPlan: Sendable {
    /// One view at one level.
    struct Target: Sendable {
        var definition: ViewDefinition
        var level: BucketLevel
        /// Per dimension, its index in the plan's `codedFields`.
        var dimensions: [Int]
        /// Per measure, the indexes of its fields among them, if it works on codes.
        var coded: [[Int]]
    }

    /// A field as dictionary codes; views that use the same one share the work.
    struct CodedField: Hashable, Sendable {
        var field: Field
        var transform: DimensionTransform
    }

    private(set) var targets: [Target]
    let codedFields: [CodedField]
    /// The distinct zones of the views.
    let zones: [BucketZone]
    /// The dimensions that are derived from event time.
    let clockFields: [Field]
    /// The columns that a batch should contain; others are not read.
    public let columns: Set<ColumnKey>

    /// One view at one level, which its definition need not store. Coarser levels are merged from it.
    public init(_ view: ViewDefinition, level: BucketLevel) {
        self.init([view])
        targets[0].level = level
    }

    /// Every view at its finest permanent level; with `minutes` also by minute, if the view has minutes.
    public init(_ views: [ViewDefinition], minutes: Bool = false) {
        var fields: [CodedField] = []
        func number(_ field: CodedField) -> Int {
            if let known = fields.firstIndex(of: field) { return known }
            fields.append(field)
            return fields.count - 1
        }
        var targets: [Target] = []
        var columns: Set<ColumnKey> = []
        for view in views {
            var levels = [view.permanentLevel]
            if minutes, view.levels.contains(.minute) { levels.append(.minute) }
            let dimensions = view.dimensions.map { number(CodedField(field: $0.field, transform: $0.transform)) }
            let coded = view.measures.map { measure -> [Int] in
                switch measure.kind {
                case .distinct, .topK, .last, .combinations:
                    measure.kind.fields.map { number(CodedField(field: $0, transform: .none)) }
                default: []
                }
            }
            for level in levels {
                targets.append(Target(definition: view, level: level, dimensions: dimensions, coded: coded))
            }
            columns.formUnion(Self.columns(of: view))
        }
        self.targets = targets
        codedFields = fields
        zones = targets.reduce(into: []) { if !$0.contains($1.definition.zone) { $0.append($1.definition.zone) } }
        clockFields = [.hourOfWeek, .hourOfDay].filter { clock in fields.contains { $0.field == clock } }
        self.columns = columns
    }

    private static func columns(of view: ViewDefinition) -> [ColumnKey] {
        let conditions = ([view.filter] + view.measures.map(\.condition)).compactMap { $0 }
        var keys = (conditions.flatMap(\.fields) + view.dimensions.map(\.field)).flatMap(\.columns)
        for measure in view.measures {
            switch measure.kind {
            case .count: break
            case .min, .max, .quantiles: keys += measure.kind.fields.flatMap(\.numericColumns)
            // Sums count the values that are not numbers.
            case .sum, .product, .last, .distinct, .topK, .combinations: keys += measure.kind.fields.flatMap(\.columns)
            }
        }
        return keys
    }

    /// The distinct views, in the given order.
    public var views: [ViewDefinition] {
        targets.filter { $0.level == $0.definition.permanentLevel }.map(\.definition)
    }

    /// The precision of event times needed to fold the views (see `ColumnSelection.timeGrain`): the length of the finest
    /// bucket; nil if a measure or a zone needs exact times.
    public var timeGrain: Int64? {
        guard zones == [.utc] else { return nil }
        let isExact = targets.contains { target in
            target.definition.measures.contains { if case .last = $0.kind { true } else { false } }
        }
        if isExact { return nil }
        let hour: Int64 = 3_600_000_000_000
        return min(targets.compactMap(\.level.nanoseconds).min() ?? hour, hour)
    }

    /// Whether any view uses events of `signal`; a frame without any such event need not be read.
    public func matches(_ signal: String) -> Bool {
        targets.contains { $0.definition.signals.matches(signal) }
    }
}
