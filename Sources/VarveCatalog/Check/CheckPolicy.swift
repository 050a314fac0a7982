internal import VarveEvents

/// What happens to an event whose fields differ from the catalog. Signals that are not in the catalog have no described fields,
/// and are kept under either policy.
public enum CheckPolicy: String, CaseIterable, Sendable {
    /// Keep and flag it. The default.
    case lenient
    /// Refuse it, naming the field's path.
    case strict
}
