internal import VarveEvents

/// The name of a field that occurs in no event of a log.
public struct UnknownField: Hashable, Sendable, CustomStringConvertible {
    /// The name as it was typed.
    public let name: String
    /// A similar field name that was probably meant.
    public let meant: String?

    public var description: String {
        "no event has a field '\(name)'" + (meant.map { "; did you mean \($0)?" } ?? "")
    }
}

extension LogReader {
    /// The first of `fields` that occurs in no event of the log and is not among the attribute names `known`; nil for an empty
    /// log. Reads only heads of frames, and rarely all of them.
    public func unknownField(among fields: [String], known: Set<String>) throws(LogError) -> UnknownField? {
        let conditions = fields.map { FieldCondition($0, .notEqual, .absent) }
        var open = Set(conditions.filter { !$0.isOfSignal && $0.keys.first?.scope == .attribute }.map(\.name)).subtracting(known)
        if open.isEmpty { return nil }
        let wanted = open
        let found = try self.fields { found in
            open.subtract(found.columns.lazy.filter { $0.scope == .attribute && wanted.contains($0.name) }.map(\.name))
            return open.isEmpty
        }
        open.subtract(found.attributes)
        // An empty log says nothing about names.
        guard !found.signals.isEmpty,
            let missing = conditions.first(where: { open.contains($0.name) && $0.keys.first?.scope == .attribute })
        else {
            return nil
        }
        let names = found.attributes.union(known).union(ColumnKey.envelope.map(\.name)).union(["signal"])
        let others = ["user_id": "user", "session_id": "session", "tenant_id": "tenant"]
        return UnknownField(name: missing.field, meant: others[missing.name] ?? NearNames.meant(by: missing.name, among: names))
    }
}
