/// A label that samples get besides their own, in place of their own of that name.
public struct MetricLabel: Hashable, Sendable {
    public let name: String
    public let value: String

    /// Nil for a name that no label can have.
    public init?(_ name: String, _ value: String) {
        let bytes = name.utf8
        guard let first = bytes.first, !ExpositionLine.isDigit(first), bytes.allSatisfy(ExpositionLine.isNameByte),
            bytes.count <= 200
        else { return nil }
        self.name = name
        self.value = value
    }

    /// The text that base64, of either alphabet, stands for; nil when it is none.
    public static func base64(_ text: String) -> String? {
        guard let bytes = Array(text.utf8).withUnsafeBytes({ Base64.decode($0) }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
