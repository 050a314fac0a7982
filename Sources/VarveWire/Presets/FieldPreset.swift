/// Built-in mappings for common log formats, in the YAML of `--map`.
public struct FieldPreset: Hashable, Sendable {
    /// The format's name: `pino`, `zeek`.
    public let format: InputFormat
    /// The source of these records, in one line.
    public let summary: String
    /// The mapping.
    public let yaml: String

    /// All of them, by name.
    public static let all = (logs + accessLogs).sorted { $0.format.rawValue < $1.format.rawValue }

    /// The preset of a format; nil for a format that needs none.
    public static func of(_ format: InputFormat) -> FieldPreset? { byFormat[format] }

    private static let byFormat = Dictionary(uniqueKeysWithValues: all.map { ($0.format, $0) })

    /// The parsed mapping of every preset; a test parses them all.
    static let mappings: [InputFormat: FieldMapping] = Dictionary(
        uniqueKeysWithValues: all.compactMap { preset in
            (try? FieldMapping(yaml: preset.yaml, file: "preset \(preset.format.rawValue)")).map { (preset.format, $0) }
        })
}
