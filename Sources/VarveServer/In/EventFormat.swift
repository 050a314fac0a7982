internal import HTTPTypes
internal import Hummingbird
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveSettings
internal import VarveWire

/// How the body of a request is to be read: by its query, else by its media type.
struct EventFormat: Sendable {
    var decoding: DecodeOptions
    var policy: IngestPolicy
    /// JSON that need not be lines.
    var isJSON = false

    private static let mappingBytesMax = 1 << 20

    /// - Parameter data: The data directory, whose `mappings` may be named.
    init(_ query: QueryText, _ headers: HTTPFields, data: String) throws(Problem) {
        let type = Self.mediaType(headers)
        let name = query.first("format")
        let system = name.flatMap { CatalogSystem(rawValue: $0) }
        var format = InputFormat.ndjson
        if system != nil {
            format = .records
        } else if let name {
            guard let known = InputFormat(rawValue: name), known != .records, known != .logFormat else {
                throw .badParameter("format", "there is no format '\(name)'")
            }
            format = known
        } else {
            format = try Self.format(of: type)
        }
        decoding = DecodeOptions(
            format, now: Timestamp(nanoseconds: wallClockNanoseconds()), mapping: try Self.mapping(query, data),
            records: system.map { RecordMapping(Catalog.shapes(of: $0), signals: Catalog.signals) })
        if format == .csv, decoding.mapping == nil {
            throw .badParameter("mapping", "CSV needs one: the name of a file in the data directory's mappings")
        }
        if decoding.mapping != nil, !format.takesMapping, format != .auto {
            throw .badParameter("mapping", "\(format.rawValue) takes none")
        }
        if let signal = query.first("signal") {
            guard EventLimits.isName(signal) else { throw .badParameter("signal", "that is no signal's name") }
            decoding.defaultSignal = signal
        }
        if let unit = query.first("time_unit") {
            guard let unit = TimeFormat(rawValue: unit) else {
                throw .badParameter("time_unit", "s, ms, us, ns, auto or rfc3339")
            }
            decoding.timeFormat = unit
        }
        isJSON = format == .ndjson && decoding.mapping == nil || format == .records
        policy = IngestPolicy(privacy: system.map { _ in BatchPrivacy(.standard, key: []) })
    }

    private static func mediaType(_ headers: HTTPFields) -> String {
        let header = headers[.contentType] ?? ""
        return header.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() } ?? ""
    }

    private static func format(of type: String) throws(Problem) -> InputFormat {
        switch type {
        // What curl and browsers say when nobody told them what it is.
        case "", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream": .ndjson
        case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json":
            .ndjson
        case "text/csv": .csv
        default: throw Problem(415, "unsupported_media_type", "events do not come as \(type); say ?format= for another")
        }
    }

    private static func mapping(_ query: QueryText, _ data: String) throws(Problem) -> FieldMapping? {
        guard let name = query.first("mapping") else { return nil }
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isName, (1...64).contains(name.utf8.count) else {
            throw .badParameter("mapping", "a name has 1 to 64 letters, digits, - and _")
        }
        do {
            let bytes = try RealDisk().openFile(ServerPaths(data).mapping(name)).readAll(limit: mappingBytesMax)
            return try FieldMapping(yaml: String(decoding: bytes, as: UTF8.self), file: "\(name).yaml")
        } catch let error as SettingsError {
            throw .badParameter("mapping", "\(error)")
        } catch {
            throw .badParameter("mapping", "there is no mapping '\(name)'")
        }
    }
}
