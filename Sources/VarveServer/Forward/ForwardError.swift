/// Why a forwarder ended.
public struct ForwardError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// What was asked for cannot be forwarded, or the receiver does not let us.
        case configuration
        /// The receiver was not reached, or took nothing.
        case unavailable
        /// A file could not be written.
        case io
        /// Another process forwards under this name.
        case inUse = "in_use"
    }

    public var code: Code
    /// A sentence.
    public var message: String

    init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
