/// Light or dark.
public enum ChartTheme: String, Sendable, CaseIterable { case light, dark }
