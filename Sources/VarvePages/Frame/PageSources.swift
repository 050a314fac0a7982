public import VarveEvents

/// What pages ask of the server beside views and events. Pages say so where a part is nil.
public struct PageSources: Sendable {
    /// What the caller may do. Controls for anything else are left out.
    public var rights: Set<PageRight> = []
    /// What a form shows to prove that it stood on a page of this session; nil where nobody has logged in.
    public var formToken: String?
    /// Rules and alerts as the log has them.
    public var alerts = AlertMemory()
    /// Rows of past days, for pages that are made again.
    public var closed = ClosedRows()
    /// The last evaluation of the rules; nil where they are not evaluated.
    public var evaluated: Timestamp?
    /// Why rules are not evaluated, and what is wrong with their files.
    public var alertFaults: [String] = []
    public var traces: (any TraceSource)?
    public var settings: ServerSettings?
    /// Pages that are not there.
    public var hidden = HiddenPaths()
    /// What this very request was refused; nil for most.
    public var refusal: FormRefusal?

    public init() {}
}
