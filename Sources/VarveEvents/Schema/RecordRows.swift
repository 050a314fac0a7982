/// How many events a record becomes.
public enum RecordRows: Hashable, Sendable {
    case one
    /// One per element of the list; each also gets the record's other fields.
    case each(String)
    /// One per member that is present, each with its own signal.
    case parts([RecordPart])
    /// One per number, text or boolean in it, at any depth, with its path and its value.
    case leaves(name: String, value: String)
}
