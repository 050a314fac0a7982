public import VarveEvents
internal import VarveProjections

/// What somebody says of an incident.
public struct IncidentChange: Hashable, Sendable {
    public var status: String?
    public var assignee: String?
    public var rootCause: String?
    public var resolution: String?
    public var by = ""

    public static let statuses = ["open", "investigating", "resolved", "closed"]

    public init() {}

    /// The event that records it.
    ///
    /// - Throws: When there is no such incident, nothing is said, or an incident would be closed without what is required.
    public func event(_ id: String, _ history: IncidentHistory, _ settings: IncidentSettings, at time: Timestamp) throws(AlertAct
        .Refusal)
        -> Event
    {
        guard let incident = history[id] else { throw AlertAct.Refusal(description: "there is no incident '\(id)'") }
        let said = [("status", status), ("assignee", assignee), ("root_cause", rootCause), ("resolution", resolution)]
        guard said.contains(where: { $0.1 != nil }) else {
            throw AlertAct.Refusal(description: "nothing is said of the incident")
        }
        if let status, !Self.statuses.contains(status) {
            throw AlertAct.Refusal(description: "a status is one of \(Self.statuses.joined(separator: ", "))")
        }
        if status == "resolved" || status == "closed" {
            let lacks = settings.required.filter { required in
                switch required {
                case .rootCause: rootCause ?? incident.rootCause == nil
                case .resolution: resolution ?? incident.resolution == nil
                case .assignee: assignee ?? incident.assignee == nil
                }
            }
            guard lacks.isEmpty else {
                let names = lacks.map(\.rawValue).joined(separator: " and ")
                throw AlertAct.Refusal(description: "an incident is \(status ?? "closed") with \(names), which it lacks")
            }
        }
        var attributes: [Attribute] = [
            Attribute("by", .string(by.isEmpty ? "user" : by)), Attribute("engine", .string("varve")),
            Attribute("incident_id", .string(id)), Attribute("severity", .string(incident.severity)),
        ]
        for (name, text) in said { if let text, !text.isEmpty { attributes.append(Attribute(name, .string(text))) } }
        if status == nil { attributes.append(Attribute("status", .string(incident.status))) }
        return Event(time: time, signal: IncidentHistory.updated, attributes: attributes.sorted { $0.name < $1.name })
    }
}
