/// The labels of a series: sorted by name, each name once, none without a value.
public struct Labels: Hashable, Comparable, Sendable {
    /// In order of their names.
    public let pairs: [Label]

    /// No labels.
    public static let none = Labels(sorted: [])

    /// Sorts them; of a name that occurs twice the last counts, and labels with an empty value are left out.
    public init(_ labels: some Sequence<Label>) {
        var sorted: [Label] = []
        for label in labels { Self.put(label, into: &sorted) }
        pairs = sorted.filter { !$0.value.isEmpty }
    }

    /// - Parameter sorted: By name, each name once, none without a value.
    init(sorted: [Label]) { pairs = sorted }

    private static func put(_ label: Label, into sorted: inout [Label]) {
        var index = sorted.endIndex
        while index > 0 {
            let order = sorted[index - 1].name.compareBytes(label.name)
            if order == 0 {
                sorted[index - 1] = label
                return
            }
            if order < 0 { break }
            index -= 1
        }
        sorted.insert(label, at: index)
    }

    /// The value of a name; empty when there is no such label.
    public subscript(name: String) -> String { pairs.first { $0.name.hasSameBytes(name) }?.value ?? "" }

    /// The series' name; empty when it has none.
    public var metricName: String { self[Label.metricName] }

    var withoutName: Labels { removing([Label.metricName]) }

    func removing(_ names: [String]) -> Labels {
        guard pairs.contains(where: { names.contains($0.name) }) else { return self }
        return Labels(sorted: pairs.filter { !names.contains($0.name) })
    }

    func keeping(_ names: [String]) -> Labels { Labels(sorted: pairs.filter { names.contains($0.name) }) }

    /// With another value for `name`; an empty one removes the label.
    func setting(_ name: String, to value: String) -> Labels {
        guard !value.isEmpty else { return removing([name]) }
        var sorted = pairs
        Self.put(Label(name, value), into: &sorted)
        return Labels(sorted: sorted)
    }

    public static func < (left: Labels, right: Labels) -> Bool {
        for (mine, theirs) in zip(left.pairs, right.pairs) {
            let names = mine.name.compareBytes(theirs.name)
            if names != 0 { return names < 0 }
            let values = mine.value.compareBytes(theirs.value)
            if values != 0 { return values < 0 }
        }
        return left.pairs.count < right.pairs.count
    }
}

extension Labels: CustomStringConvertible {
    /// As a selector has them: `{job="api", le="0.5"}`.
    public var description: String {
        "{" + pairs.map { "\($0.name)=\(GoText.quoted($0.value))" }.joined(separator: ", ") + "}"
    }
}
