/// Something that happened: at a moment (a deploy, a note) or over a time (an incident, what was selected).
public struct ChartMarker: Hashable, Sendable {
    public enum Meaning: String, Sendable { case event, incident, alert, selection }

    public var start: Int64
    /// Nil for a moment.
    public var end: Int64?
    public var label: String
    public var meaning: Meaning

    public init(at start: Int64, until end: Int64? = nil, _ label: String, _ meaning: Meaning) {
        self.start = start
        self.end = end
        self.label = label
        self.meaning = meaning
    }
}
