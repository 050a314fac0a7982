/// One part of a view in the builder's closure.
public enum ViewPart: Sendable {
    case signals(SignalFilter)
    case condition(Condition)
    case levels(Set<BucketLevel>)
    case dimension(Dimension)
    case measure(Measure)
    case derived(DerivedColumn)
    case budget(Int)
}
