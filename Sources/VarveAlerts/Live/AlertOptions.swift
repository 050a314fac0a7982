/// How alerts run in a server.
public struct AlertOptions: Sendable {
    public var delivery = DeliverySettings()
    /// Folders of view files beside those saved in the directory.
    public var viewFolders: [String] = []
    /// Seconds behind the end of a minute at which it is evaluated: what is on its way then is still counted.
    public var settleSeconds = 1.0

    public init() {}
}
