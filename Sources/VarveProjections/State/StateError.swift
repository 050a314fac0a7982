/// Why bytes are not a state.
public struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The bytes end before the state does.
        case truncated
        /// Something follows the state.
        case trailingBytes
        /// A magic number, version or level that is not known.
        case notAState
        /// The state belongs to another definition or engine version.
        case otherDefinition
        /// A value that no state has, or one written in another than its one canonical form.
        case malformed
    }

    public let code: Code
    /// A sentence: what, and where.
    public let description: String
    /// The byte at which it was noticed.
    public let offset: Int

    init(_ code: Code, _ what: String, at offset: Int) {
        self.code = code
        self.offset = offset
        description = "A view state cannot be read: \(what) (byte \(offset)). Derived states can be deleted and are built again."
    }
}
