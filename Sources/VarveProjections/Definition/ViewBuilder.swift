/// Collects the parts of a view.
@resultBuilder
public enum ViewBuilder {
    public static func buildExpression(_ part: SignalFilter) -> ViewPart { .signals(part) }
    public static func buildExpression(_ part: Condition) -> ViewPart { .condition(part) }
    public static func buildExpression(_ part: Buckets) -> ViewPart { .levels(part.levels) }
    public static func buildExpression(_ part: Dimension) -> ViewPart { .dimension(part) }
    public static func buildExpression(_ part: Measure) -> ViewPart { .measure(part) }
    public static func buildExpression(_ part: DerivedColumn) -> ViewPart { .derived(part) }
    public static func buildExpression(_ part: Budget) -> ViewPart { .budget(part.keys) }
    public static func buildBlock(_ parts: ViewPart...) -> [ViewPart] { parts }
}

extension ViewDefinition {
    /// A view from its parts. Several conditions must all hold; dimensions, measures and derived columns keep their order.
    public init(_ name: String, version: Int = 1, continues: Int? = nil, @ViewBuilder _ parts: () -> [ViewPart]) {
        self.init(name: name, version: version, measures: [])
        self.continues = continues
        for part in parts() {
            switch part {
            case .signals(let filter):
                signals.names += filter.names
                signals.prefixes += filter.prefixes
            case .condition(let condition): filter = filter.map { .all([$0, condition]) } ?? condition
            case .levels(let chosen): levels = chosen
            case .dimension(let dimension): dimensions.append(dimension)
            case .measure(let measure): measures.append(measure)
            case .derived(let column): derived.append(column)
            case .budget(let keys): budget = keys
            }
        }
    }
}
