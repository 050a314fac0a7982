internal import Foundation

extension Event {
    /// An event whose attributes are the fields of `data`, as `JSONEncoder` writes them. What is null is absent.
    ///
    /// - Throws: an `EncodingError` when `data` is no object.
    public init(
        _ signal: String, time: Timestamp = .now, id: String? = nil, component: String? = nil, session: String? = nil,
        user: String? = nil, data: some Encodable
    ) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        let fields = try JSONDecoder().decode([String: Value?].self, from: encoder.encode(data))
        self.init(
            time: time, signal: signal, id: id, component: component, session: session, user: user,
            attributes: fields.compactMap { name, value in value.map { Attribute(name, $0) } }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }
}

extension ViewRow {
    /// The row as a type of your own, whose properties are called like its columns.
    ///
    /// - Throws: a `DecodingError` when a column that it needs is absent or of another type.
    public func decode<Row: Decodable>(_ type: Row.Type = Row.self) throws -> Row {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: JSONEncoder().encode(self))
    }
}
