internal import VarveEvents

/// What becomes of an event whose fields are not as the catalog says. A signal that the catalog does not know has no fields to be
/// wrong, and is kept under either policy.
public enum CheckPolicy: String, CaseIterable, Sendable {
    /// Keep it and flag it. The default.
    case lenient
    /// Refuse it, with the path of the field.
    case strict
}
