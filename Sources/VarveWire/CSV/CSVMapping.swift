public struct CSVMapping: Sendable {}
