/// Mappings for programs that many people run, in the YAML that `--map` takes: a preset is a mapping that is already written.
public struct FieldPreset: Hashable, Sendable {
    /// The format's name: `pino`, `zeek`.
    public let format: InputFormat
    /// One line: whose records these are.
    public let summary: String
    /// The mapping.
    public let yaml: String

    /// All of them, by name.
    public static let all = (logs + accessLogs).sorted { $0.format.rawValue < $1.format.rawValue }

    /// The preset of a format; nil for a format that needs none.
    public static func of(_ format: InputFormat) -> FieldPreset? { byFormat[format] }

    private static let byFormat = Dictionary(uniqueKeysWithValues: all.map { ($0.format, $0) })

    /// The mapping of every preset, read once: a test reads them all.
    static let mappings: [InputFormat: FieldMapping] = Dictionary(
        uniqueKeysWithValues: all.compactMap { preset in
            (try? FieldMapping(yaml: preset.yaml, file: "preset \(preset.format.rawValue)")).map { (preset.format, $0) }
        })
}
