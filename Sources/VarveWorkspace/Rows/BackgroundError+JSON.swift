public import VarveLog
internal import VarveWire

extension BackgroundError {
    /// A fault behind the answers, as the receipt, `log info` and the status show it.
    public var json: String {
        var line = JSONLine()
        line.field("since", RFC3339.text(since))
        line.field("place", place)
        line.field("message", message)
        line.field("count", count)
        return line.text
    }
}
