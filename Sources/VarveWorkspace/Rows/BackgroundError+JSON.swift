public import VarveLog
internal import VarveWire

extension BackgroundError {
    /// A background error as shown in receipts, in `log info` and in the status.
    public var json: String {
        var line = JSONLine()
        line.field("since", RFC3339.text(since))
        line.field("place", place)
        line.field("message", message)
        line.field("count", count)
        return line.text
    }
}
