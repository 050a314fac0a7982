/// How many events a record is.
public enum RecordRows: Hashable, Sendable {
    case one
    /// One per element of the list, which has what the record has besides.
    case each(String)
    /// One per member that is there, each of its own signal.
    case parts([RecordPart])
    /// One per number, text or boolean in it, however deep: where it stands and what it is.
    case leaves(name: String, value: String)
}
