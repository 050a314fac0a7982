// Literals for attribute values: `Attribute("retries", 3)`, `Attribute("ms", 12.5)`, `Attribute("region", "eu")`.

extension Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .string(text) }
}

extension Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral number: Int64) { self = .int64(number) }
}

extension Value: ExpressibleByFloatLiteral {
    public init(floatLiteral number: Double) { self = .double(number) }
}

extension Value: ExpressibleByBooleanLiteral {
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}
