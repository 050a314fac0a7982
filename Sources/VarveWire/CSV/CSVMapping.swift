internal import VarveEvents
public import VarveSettings

/// What the columns of a CSV file become, read from YAML:
///
///     time: {column: StartTimeUnixNano, unit: ns}
///     id: [TraceID, SpanID]
///     signal: {from: ParentID, map: {root: rpc.root}, default: rpc.span}
///     component: PodName
///     session: TraceID
///     tenant: {constant: boutique}
///     attributes:
///       duration_ms: {column: Duration, type: double, scale: 0.001}
public struct CSVMapping: Sendable {
    let timeColumn: String
    let timeFormat: TimeFormat
    /// Columns whose values, joined by `/`, are the id; empty for none.
    let id: [String]
    let signal: Source
    let tenant: Source?
    let component: Source?
    let session: Source?
    let user: Source?
    let attributes: [AttributeMapping]
    /// The file it was read from, for errors about the header.
    let file: String

    /// Where the text of an envelope field comes from.
    enum Source: Sendable {
        case column(String)
        case constant(String)
        case map(from: String, values: [String: String], otherwise: String?)

        var column: String? {
            switch self {
            case .column(let name), .map(from: let name, values: _, otherwise: _): name
            case .constant: nil
            }
        }
    }

    struct AttributeMapping: Sendable {
        var name: String
        var column: String
        var type: FieldType
        var scale: Decimal?
    }

    enum FieldType: String, CaseIterable, Sendable {
        case string, int, double, bool
    }

    /// Reads a mapping. `file` is for error messages.
    public init(yaml: String, file: String) throws(SettingsError) {
        let root = try SettingsNode.parse(yaml, file: file)
        let map = try root.mapping(keys: ["time", "id", "signal", "tenant", "component", "session", "user", "attributes"])
        let time = try map.required("time").mapping(keys: ["column", "unit"])
        self.file = file
        timeColumn = try time.required("column").string()
        timeFormat = try time.required("unit").choice(TimeFormat.self)
        var id: [String] = []
        for node in try map["id"]?.oneOrMore() ?? [] { id.append(try node.string()) }
        self.id = id
        signal = try Self.source(try map.required("signal"), names: true)
        tenant = try Self.optionalSource(map["tenant"], names: true)
        component = try Self.optionalSource(map["component"], names: false)
        session = try Self.optionalSource(map["session"], names: false)
        user = try Self.optionalSource(map["user"], names: false)
        var attributes: [AttributeMapping] = []
        for entry in try map["attributes"]?.entries() ?? [] { attributes.append(try Self.attribute(entry)) }
        guard attributes.count <= WireLimits.attributesPerEvent else {
            throw root.error(.tooLarge, "\(attributes.count) attributes, \(WireLimits.attributesPerEvent) are allowed")
        }
        self.attributes = attributes
    }

    /// All columns that it uses, in order.
    var columns: [String] {
        [timeColumn] + id + [signal, tenant, component, session, user].compactMap { $0?.column } + attributes.map(\.column)
    }

    private static func optionalSource(_ node: SettingsNode?, names: Bool) throws(SettingsError) -> Source? {
        guard let node else { return nil }
        return try source(node, names: names)
    }

    /// A column's name, `{constant: TEXT}` or `{from: COLUMN, map: {VALUE: TEXT}, default: TEXT}`.
    private static func source(_ node: SettingsNode, names: Bool) throws(SettingsError) -> Source {
        if node.kind == .scalar { return .column(try node.string()) }
        let map = try node.mapping(keys: ["constant", "from", "map", "default"])
        if let constant = map["constant"] {
            guard map["from"] == nil, map["map"] == nil, map["default"] == nil else {
                throw node.error(.badValue, "\(node.name) is either a constant or taken from a column, not both")
            }
            return .constant(try text(constant, names: names))
        }
        var values: [String: String] = [:]
        for entry in try map["map"]?.entries() ?? [] { values[entry.key] = try text(entry.value, names: names) }
        var otherwise: String?
        if let node = map["default"] { otherwise = try text(node, names: names) }
        return .map(from: try map.required("from").string(), values: values, otherwise: otherwise)
    }

    private static func text(_ node: SettingsNode, names: Bool) throws(SettingsError) -> String {
        let text = try node.string()
        var copy = text
        let fits = copy.withUTF8 { utf8 in
            names ? isName(UnsafeRawBufferPointer(utf8)) : utf8.count <= EventLimits.stringBytes
        }
        guard fits else { throw node.error(.badValue, "\(node.name) is empty, too long or has control characters") }
        return text
    }

    private static func attribute(_ entry: SettingsEntry) throws(SettingsError) -> AttributeMapping {
        let map = try entry.value.mapping(keys: ["column", "type", "scale"])
        var name = entry.key
        guard name.withUTF8({ isName(UnsafeRawBufferPointer($0)) }) else {
            throw entry.value.error(.badValue, "an attribute's name has 1 to \(EventLimits.nameBytes) bytes and no control characters")
        }
        let type = try map.required("type").choice(FieldType.self)
        var scale: Decimal?
        if let node = map["scale"] {
            _ = try node.double()
            var text = try node.string()
            guard let factor = text.withUTF8({ Decimal(UnsafeRawBufferPointer($0)) }), factor.mantissa != 0 else {
                throw node.error(.badValue, "\(node.name) must be a number of at most 17 digits and not zero")
            }
            guard type == .double || type == .int && factor.int64 != nil else {
                throw node.error(.badValue, "\(node.name): only a double can be scaled, or an int by a whole number")
            }
            scale = factor
        }
        return AttributeMapping(name: name, column: try map.required("column").string(), type: type, scale: scale)
    }
}
