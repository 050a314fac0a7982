internal import VarveWire

extension Timestamp {
    /// Reads RFC 3339: `2026-01-21T14:02:09.125Z`. Nil for what is none, or lies beyond 1678 to 2262.
    public init?(rfc3339 text: String) {
        var text = text
        guard let nanoseconds = text.withUTF8({ RFC3339.parse(UnsafeRawBufferPointer($0)) }) else { return nil }
        self.init(nanoseconds: nanoseconds)
    }

    /// As RFC 3339 in UTC, with as many groups of three digits behind the second as it needs.
    public var rfc3339: String { RFC3339.text(self) }
}
