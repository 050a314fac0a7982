/// Why bytes are not a valid state.
public struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The bytes end before the state does.
        case truncated
        /// There are bytes after the state.
        case trailingBytes
        /// An unknown magic number, version or level.
        case notAState
        /// The state belongs to another definition or engine version.
        case otherDefinition
        /// A value that cannot occur, or that is not in canonical form.
        case malformed
    }

    public let code: Code
    /// What is wrong, and where, as a sentence.
    public let description: String
    /// The byte position of the error.
    public let offset: Int

    init(_ code: Code, _ what: String, at offset: Int) {
        self.code = code
        self.offset = offset
        description = "A view state cannot be read: \(what) (byte \(offset)). Derived states can be deleted and are built again."
    }
}
