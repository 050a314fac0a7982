/// How alerts run in a server.
public struct AlertOptions: Sendable {
    public var delivery = DeliverySettings()
    public var incidents = IncidentSettings()
    /// What rules may set going.
    public var actions: [ActionSettings] = []
    /// Folders of view files beside those saved in the directory.
    public var viewFolders: [String] = []
    /// How many days the log of Varve's own events keeps them.
    public var systemDays = 365
    /// Seconds behind an instant at which it is evaluated: what is on its way then is still counted.
    public var settleSeconds = 1.0

    public init() {}
}
