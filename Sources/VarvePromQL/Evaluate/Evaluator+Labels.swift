/// Functions that change labels: once for each series, whatever the number of steps.
extension Evaluator {
    func labelReplace(_ arguments: [Expression], _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        var series = try vector(arguments[0], grid)
        let (target, template) = (try string(arguments[1]), try string(arguments[2]))
        let (label, text) = (try string(arguments[3]), try string(arguments[4]))
        let pattern: Pattern
        do throws(PromQLError) {
            pattern = try Pattern(text, limits: limits)
        } catch {
            if error.code == .unsupported { throw error }
            throw .execution("invalid regular expression in label_replace(): \(text)")
        }
        guard Label.isValidName(target) else {
            throw .execution("invalid destination label name in label_replace(): \(target)")
        }
        guard pattern.notesMax <= limits.patternNotes else {
            throw .execution("too many groups in the regular expression of label_replace()")
        }
        for index in series.indices {
            try checkInterrupt()
            let old = series[index].labels[label]
            guard let value = pattern.expand(template, matching: old, most: limits.labelBytes) else { continue }
            try checkLength(value.utf8.count, "label_replace()")
            series[index].labels = series[index].labels.setting(target, to: value)
        }
        return try series.merged()
    }

    func labelJoin(_ arguments: [Expression], _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        var series = try vector(arguments[0], grid)
        let (target, separator) = (try string(arguments[1]), try string(arguments[2]))
        var names: [String] = []
        for argument in arguments.dropFirst(3) {
            let name = try string(argument)
            guard Label.isValidName(name) else { throw .execution("invalid source label name in label_join(): \(name)") }
            names.append(name)
        }
        guard Label.isValidName(target) else {
            throw .execution("invalid destination label name in label_join(): \(target)")
        }
        for index in series.indices {
            try checkInterrupt()
            let labels = series[index].labels
            try checkLength(names.reduce(0) { $0 + labels[$1].utf8.count + separator.utf8.count }, "label_join()")
            series[index].labels = labels.setting(target, to: names.map { labels[$0] }.joined(separator: separator))
        }
        return try series.merged()
    }

    /// Functions inside each other make labels twice as long each.
    private func checkLength(_ bytes: Int, _ function: String) throws(PromQLError) {
        guard bytes <= limits.labelBytes else {
            throw .execution("a label made by \(function) has more than \(limits.labelBytes) bytes")
        }
    }
}
