/// Identifies a column. `1` and `1.5` under one name are two columns, and an attribute may have the name of an envelope field
/// without being that field.
public struct ColumnKey: Hashable, Comparable, Sendable {
    public var scope: ColumnScope
    public var name: String
    public var type: ValueType

    public init(_ scope: ColumnScope, _ name: String, _ type: ValueType) {
        self.scope = scope
        self.name = name
        self.type = type
    }

    public static let id = ColumnKey(.envelope, "id", .string)
    public static let tenant = ColumnKey(.envelope, "tenant", .string)
    public static let component = ColumnKey(.envelope, "component", .string)
    public static let session = ColumnKey(.envelope, "session", .string)
    public static let user = ColumnKey(.envelope, "user", .string)

    /// The envelope's columns, in the order of every batch. `signal`, `time` and `observed` are not columns but parts of the
    /// batch.
    public static let envelope = [id, tenant, component, session, user]

    /// Compares names bytewise: names that Unicode considers equal, such as a composed and a decomposed accent, are different
    /// columns.
    @inline(__always)
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right && left.utf8.elementsEqual(right.utf8)
    }

    public static func == (left: ColumnKey, right: ColumnKey) -> Bool {
        left.type == right.type && left.scope == right.scope && isSame(left.name, right.name)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(scope)
        hasher.combine(name)
        hasher.combine(type)
    }

    /// Envelope columns first, in their own order; then attributes by the bytes of their names, then by type.
    public static func < (left: ColumnKey, right: ColumnKey) -> Bool {
        guard left.scope == right.scope else { return left.scope.rawValue < right.scope.rawValue }
        if left.scope == .envelope {
            return (envelope.firstIndex(of: left) ?? .max) < (envelope.firstIndex(of: right) ?? .max)
        }
        guard isSame(left.name, right.name) else { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        return left.type.rawValue < right.type.rawValue
    }
}
