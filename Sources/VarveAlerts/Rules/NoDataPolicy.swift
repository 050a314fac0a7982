/// What a rule makes of a window for which there is no value. No data is neither zero nor well.
public enum NoDataPolicy: String, CaseIterable, Sendable {
    /// Nothing is decided: what fires goes on, in the state `no_data`; what is pending begins anew.
    case keep
    /// What fires is resolved.
    case resolve
    /// It counts as the value 0.
    case zero
    /// It counts as if the condition held.
    case alert
}
