internal import Foundation

extension AlertLabels {
    /// From a JSON object of texts; none where it is no such object.
    init(json: String) {
        let object = (try? JSONDecoder().decode([String: String?].self, from: Data(json.utf8))) ?? [:]
        self.init(object.map { Label(name: $0.key, value: $0.value) })
    }
}

/// JSON lists of texts.
enum PlainStrings {
    static func list(_ json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}
