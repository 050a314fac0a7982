/// A password, a key, or an address that is one. It prints as nothing, whatever prints it.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// Gives the text to `body`, the one way to it.
    public func with<Value>(_ body: (String) throws -> Value) rethrows -> Value { try body(text) }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
