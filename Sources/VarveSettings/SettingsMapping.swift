/// A mapping with known keys only.
public struct SettingsMapping: Sendable {
    /// The mapping's node, for errors about all of it.
    public let node: SettingsNode
    let entries: [SettingsEntry]

    /// The value of `key`; nil if it is absent or null.
    public subscript(key: String) -> SettingsNode? {
        guard let value = entries.first(where: { $0.key == key })?.value, value.kind != .null else { return nil }
        return value
    }

    /// The value of `key`; throws if it is absent.
    public func required(_ key: String) throws(SettingsError) -> SettingsNode {
        guard let value = self[key] else {
            throw node.error(.missingKey, "\(node.name) lacks the key \"\(key)\"")
        }
        return value
    }
}
