extension ViewDefinition {
    /// The same definition with column names allowed in a view file: lower-case letters, digits and `_`, starting with a
    /// letter. Valid names are unchanged.
    public func withPlainNames() -> ViewDefinition {
        var view = self
        // A dimension named after its field needs no name in the file.
        let asNamed = dimensions.filter { $0.name == Dimension($0.field.description).name }
        var taken = Set(["time"] + asNamed.map(\.name))
        func plain(_ name: String) -> String {
            let letters = name.lowercased().utf8.map { byte in
                (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == 95 ? byte : 95
            }
            var text = String(String(decoding: letters, as: UTF8.self).prefix(60))
            if !(text.utf8.first.map { $0 >= 97 && $0 <= 122 } ?? false) { text = "c" + text }
            var candidate = text
            var number = 2
            while !taken.insert(candidate).inserted {
                candidate = "\(text)_\(number)"
                number += 1
            }
            return candidate
        }
        for index in view.dimensions.indices where !asNamed.contains(view.dimensions[index]) {
            view.dimensions[index].name = plain(view.dimensions[index].name)
        }
        var renamed: [String: String] = [:]
        for index in view.measures.indices {
            let old = view.measures[index].name
            if case .quantiles(let field, let columns) = view.measures[index].kind {
                let shown = columns.map { StatisticColumn(plain($0.name), $0.statistic) }
                view.measures[index].kind = .quantiles(field, shown)
                view.measures[index].name = plain(old)
            } else {
                view.measures[index].name = plain(old)
                renamed[old] = view.measures[index].name
            }
        }
        view.derived = derived.map { column in
            guard case .mean(let sum) = column.formula else { return column }
            return DerivedColumn(plain(column.name), .mean(of: renamed[sum] ?? sum))
        }
        return view
    }
}
