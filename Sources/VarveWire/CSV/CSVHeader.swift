internal import VarveSettings

/// The names in the first record of a CSV file, bound to the fields of a mapping.
struct CSVHeader {
    /// Per column, the slot of its field, or -1.
    let slots: [Int]
    /// The names of all columns.
    let names: [String]

    /// Every field in use must occur exactly once, unless it is optional.
    init(_ names: [String], _ rules: FieldRules, file: String, delimiter: UInt8) throws(SettingsError) {
        self.names = names
        var slots = [Int](repeating: -1, count: names.count)
        for (slot, field) in rules.fields.enumerated() {
            let places = names.indices.filter { names[$0] == field }
            guard let place = places.first else {
                if rules.areAllOptional || rules.optional.contains(field) { continue }
                throw Self.lacks(field, names, file, delimiter)
            }
            guard places.count == 1 else {
                throw SettingsError(.badValue, "the CSV header has the column \"\(field)\" twice", file: file)
            }
            slots[place] = slot
        }
        self.slots = slots
    }

    private static func lacks(_ field: String, _ names: [String], _ file: String, _ delimiter: UInt8) -> SettingsError {
        let other: [(Character, String)] = [(";", "\";\""), ("\t", "tab"), ("|", "pipe"), (",", "comma")]
        let hint: String
        if names.count == 1, let found = other.first(where: { names[0].contains($0.0) }),
            found.0.utf8.first != delimiter
        {
            hint = "; its columns seem to be separated otherwise: delimiter: \(found.1) in the mapping"
        } else if let near = nearest(field, among: names) {
            hint = "; did you mean \"\(near)\"?"
        } else {
            hint = "; it has \(names.prefix(20).joined(separator: ", "))"
        }
        return SettingsError(.badValue, "the CSV header lacks the column \"\(field)\"" + hint, file: file)
    }
}
