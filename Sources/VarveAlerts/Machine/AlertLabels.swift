internal import VarveEvents
internal import VarveHash
internal import VarveProjections
internal import VarveWire

/// Which series of a rule: its dimensions and their values, sorted by name. An absent value is nil.
public struct AlertLabels: Hashable, Comparable, Sendable, CustomStringConvertible {
    public struct Label: Hashable, Sendable {
        public var name: String
        public var value: String?
    }

    public let all: [Label]

    public init(_ labels: [Label] = []) {
        all = labels.sorted { $0.name < $1.name }
    }

    /// The dimensions of a view's row.
    init(_ row: ViewRow, _ dimensions: [String]) {
        self.init(dimensions.map { Label(name: $0, value: row[$0]?.text) })
    }

    public subscript(name: String) -> String? { all.first { $0.name == name }?.value ?? nil }

    /// Those with a value.
    var pairs: [String: String] {
        all.reduce(into: [:]) { pairs, label in
            if let value = label.value { pairs[label.name] = value }
        }
    }

    /// `{channel=print,component=}`.
    public var description: String {
        "{" + all.map { "\($0.name)=\($0.value ?? "")" }.joined(separator: ",") + "}"
    }

    /// As a JSON object.
    public var json: String {
        var line = JSONLine()
        for label in all { line.field(label.name, label.value) }
        return line.text
    }

    /// Names the alert of `rule` for as long as rule and labels have these names: `high_error_rate-9f86d081`.
    public func alertID(of rule: String) -> String {
        // Lengths in front keep different labels apart whatever is in them.
        var text = ""
        for label in all {
            let value = label.value.map { "\($0.utf8.count):\($0)" } ?? "-"
            text += "\(label.name.utf8.count):\(label.name)=\(value);"
        }
        return rule + "-" + XXH3.hash64(text).zeroPadded(16, radix: 16)
    }

    public static func < (left: AlertLabels, right: AlertLabels) -> Bool {
        for (one, other) in zip(left.all, right.all) {
            if one.name != other.name { return one.name < other.name }
            if one.value != other.value { return (one.value ?? "") < (other.value ?? "") }
        }
        return left.all.count < right.all.count
    }
}
