/// A mapping whose keys have all been checked to be known.
public struct SettingsMapping: Sendable {
    /// The mapping itself, for errors about the whole of it.
    public let node: SettingsNode
    let entries: [SettingsEntry]

    /// The value of `key`; nil when it is absent or null.
    public subscript(key: String) -> SettingsNode? {
        guard let value = entries.first(where: { $0.key == key })?.value, value.kind != .null else { return nil }
        return value
    }

    /// The value of `key`, which must be there.
    public func required(_ key: String) throws(SettingsError) -> SettingsNode {
        guard let value = self[key] else {
            throw node.error(.missingKey, "\(node.name) lacks the key \"\(key)\"")
        }
        return value
    }
}
