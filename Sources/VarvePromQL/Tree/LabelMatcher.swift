/// A condition on one label. A series without the label has an empty value for it.
public struct LabelMatcher: Sendable {
    public enum Kind: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case pattern = "=~"
        case notPattern = "!~"
    }

    public let name: String
    public let kind: Kind
    public let value: String
    private let compiled: Pattern?

    /// - Throws: `.syntax` or `.unsupported` when `value` is a pattern that cannot be compiled.
    public init(_ name: String, _ kind: Kind, _ value: String, limits: PromQLLimits = PromQLLimits()) throws(PromQLError) {
        self.name = name
        self.kind = kind
        self.value = value
        compiled = kind == .pattern || kind == .notPattern ? try Pattern(value, limits: limits) : nil
    }

    /// A matcher that compares.
    public init(_ name: String, is value: String) {
        self.name = name
        self.value = value
        kind = .equal
        compiled = nil
    }

    public func matches(_ other: String) -> Bool {
        switch kind {
        case .equal: other.hasSameBytes(value)
        case .notEqual: !other.hasSameBytes(value)
        case .pattern: compiled?.matches(other) ?? false
        case .notPattern: !(compiled?.matches(other) ?? false)
        }
    }
}

extension LabelMatcher: CustomStringConvertible {
    public var description: String { "\(name)\(kind.rawValue)\(GoText.quoted(value))" }
}
