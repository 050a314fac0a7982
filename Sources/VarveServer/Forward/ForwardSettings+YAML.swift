internal import VarveEvents
internal import VarveLog
internal import VarveOutbound
internal import VarveProjections
public import VarveSettings

/// Forwarders of a server, as `forward:` in varve.yaml has them.
extension ForwardSettings {
    /// Reads `forward: [{name: prom, to: http://…/api/v1/write, format: remote_write, view: volume}]`.
    ///
    /// - Parameter file: Reads a file that holds a secret.
    public static func read(
        _ node: SettingsNode, file: (String) throws(SettingsError) -> String
    ) throws(SettingsError) -> [ForwardSettings] {
        var all: [ForwardSettings] = []
        for item in try node.items() {
            let one = try one(item, file)
            guard !all.contains(where: { $0.name == one.name }) else {
                throw item.error(.badValue, "there is another forwarder called '\(one.name)'")
            }
            all.append(one)
        }
        return all
    }

    private static func one(
        _ node: SettingsNode, _ file: (String) throws(SettingsError) -> String
    ) throws(SettingsError) -> ForwardSettings {
        let map = try node.mapping(keys: [
            "name", "to", "to_file", "format", "view", "bucket", "signals", "token_file", "api_key_file", "settle_seconds",
        ])
        let name = try map.required("name").string()
        guard isName(name) else { throw node.error(.badValue, "a name has 1 to 64 letters, digits, - and _") }
        let place: SettingsNode
        let text: String
        if let node = map["to"] {
            (place, text) = (node, try node.string())
        } else {
            place = try map.required("to_file")
            text = try file(try place.string())
        }
        guard let target = target(text) else { throw place.error(.badValue, "it is no http or https URL, and no file:PATH") }
        if case .standardOutput = target { throw place.error(.badValue, "a server's standard output is not for events") }
        var settings = ForwardSettings(
            name: name, target: target, format: try map.required("format").choice(Format.self), source: try source(node, map))
        if let problem = settings.problem { throw node.error(.badValue, problem) }
        if let node = map["token_file"] {
            settings.headers.append(("Authorization", Secret("Bearer " + (try file(try node.string())))))
        }
        if let node = map["api_key_file"] { settings.headers.append(("DD-API-KEY", Secret(try file(try node.string())))) }
        settings.settleSeconds = Int64(try map["settle_seconds"]?.int(in: 0...86_400) ?? 60)
        return settings
    }

    private static func source(_ node: SettingsNode, _ map: SettingsMapping) throws(SettingsError) -> Source {
        guard let view = map["view"] else {
            var filter = LogFilter()
            if let node = map["bucket"] { throw node.error(.badValue, "only views have buckets") }
            for item in try map["signals"]?.oneOrMore() ?? [] { filter.signals.append(try item.string()) }
            return .events(filter)
        }
        if let node = map["signals"] { throw node.error(.badValue, "a view has its own signals") }
        var level: BucketLevel?
        if let node = map["bucket"] {
            level = BucketLevel(named: try node.string())
            guard level != nil, level != .all else { throw node.error(.badValue, "bucket is minute, hour or day") }
        }
        return .view(try view.string(), level)
    }

    /// Why the settings do not fit each other; nil where they do.
    public var problem: String? {
        switch target {
        case .http: nil
        case .file, .standardOutput: format == .ndjson ? nil : "\(format.rawValue) is sent over HTTP"
        }
    }
}
