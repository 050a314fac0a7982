internal import Foundation
internal import VarveWire

extension AlertLabels {
    /// From a JSON object of texts; none where it is no such object.
    init(json: String) {
        let object = (try? JSONDecoder().decode([String: String?].self, from: Data(json.utf8))) ?? [:]
        self.init(object.map { Label(name: $0.key, value: $0.value) })
    }
}

/// JSON lists and objects of texts.
enum PlainStrings {
    static func object(_ pairs: [String: String]) -> String {
        var line = JSONLine()
        for (name, value) in pairs.sorted(by: { $0.key < $1.key }) { line.field(name, value) }
        return line.text
    }

    static func pairs(_ json: String) -> [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))) ?? [:]
    }

    static func list(_ json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}
