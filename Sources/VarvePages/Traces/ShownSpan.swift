public import VarveEvents

/// A span of a trace as pages show it.
public struct ShownSpan: Sendable {
    public var id: String
    /// Nil for a root.
    public var parent: String?
    public var name: String
    public var service: String
    public var kind: String
    public var status: String
    /// Nanoseconds since 1970.
    public var start: Int64
    /// Nanoseconds, those of children with it.
    public var length: Int64
    /// Nanoseconds in which no child ran.
    public var own: Int64
    public var depth: Int
    /// Whether the trace would have been shorter without it.
    public var isCritical: Bool
    public var attributes: [Attribute]

    public init(
        id: String, parent: String?, name: String, service: String, kind: String, status: String, start: Int64, length: Int64,
        own: Int64, depth: Int, isCritical: Bool, attributes: [Attribute]
    ) {
        self.id = id
        self.parent = parent
        self.name = name
        self.service = service
        self.kind = kind
        self.status = status
        self.start = start
        self.length = length
        self.own = own
        self.depth = depth
        self.isCritical = isCritical
        self.attributes = attributes
    }

    var isError: Bool { status == "error" }
}
