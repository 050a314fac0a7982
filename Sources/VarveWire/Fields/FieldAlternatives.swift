/// The fields of a mapping that are nothing but alternatives: in a list of which the first one counts, or in one of several
/// rules for the time. Those that gave no value of a record are kept like the fields that the mapping does not name.
struct FieldAlternatives {
    /// Their slots.
    private var slots: [Int] = []
    /// The sources that contain one of them.
    private var sources: [FieldSource] = []
    private var times: [FieldSource] = []
    /// By slot, whether the field gave a value of the current record.
    private var isUsed: [Bool] = []

    init(_ rules: FieldRules) {
        var named: [FieldSource] = rules.id
        for source in [rules.signal, rules.tenant, rules.component, rules.session, rules.user] {
            if let source { named.append(source) }
        }
        for rule in rules.attributes { named.append(rule.source) }
        var fields = Fields()
        for source in named { fields.collect(source, isCertain: true) }
        for rule in rules.times { fields.collect(rule.source, isCertain: rules.times.count == 1) }
        let found = fields.alternatives.subtracting(fields.certain)
        guard !found.isEmpty else { return }
        slots = found.filter { !rules.dropped.contains(rules.fields[$0]) }.sorted()
        sources = named.filter { source in
            var fields = Fields()
            fields.collect(source, isCertain: true)
            return !fields.alternatives.isDisjoint(with: found)
        }
        times = rules.times.map(\.source)
        isUsed = Array(repeating: false, count: rules.fields.count)
    }

    /// The slots of the alternatives that are present and gave no value. `time` is the number of the rule that gave the time.
    mutating func unused(_ record: borrowing FieldRecord, time: Int, _ evaluator: FieldEvaluator) -> [Int] {
        var isPresent = false
        for slot in slots where !record.values[slot].isAbsent { isPresent = true }
        guard isPresent else { return [] }
        for slot in slots { isUsed[slot] = false }
        for source in sources { mark(source, record, evaluator) }
        if time < times.count { mark(times[time], record, evaluator) }
        var unused: [Int] = []
        for slot in slots where !isUsed[slot] && !record.values[slot].isAbsent { unused.append(slot) }
        return unused
    }

    /// Marks the fields that a source's value comes from.
    private mutating func mark(_ source: FieldSource, _ record: borrowing FieldRecord, _ evaluator: FieldEvaluator) {
        switch source {
        case .field(let slot): isUsed[slot] = true
        case .first(let sources):
            for source in sources where !evaluator.value(source, record).isAbsent { return mark(source, record, evaluator) }
        case .concat(let sources, _), .product(let sources):
            for source in sources { mark(source, record, evaluator) }
        case .map(let source, _, _, _), .before(let source, _), .after(let source, _), .trim(let source), .line(let source),
            .lower(let source):
            mark(source, record, evaluator)
        case .constant, .path: break
        }
    }

    /// The fields in a source.
    private struct Fields {
        var certain: Set<Int> = []
        var alternatives: Set<Int> = []

        mutating func collect(_ source: FieldSource, isCertain: Bool) {
            switch source {
            case .field(let slot): if isCertain { certain.insert(slot) } else { alternatives.insert(slot) }
            case .first(let sources):
                for source in sources { collect(source, isCertain: isCertain && sources.count == 1) }
            case .concat(let sources, _), .product(let sources):
                for source in sources { collect(source, isCertain: isCertain) }
            case .map(let source, _, _, _), .before(let source, _), .after(let source, _), .trim(let source),
                .line(let source), .lower(let source):
                collect(source, isCertain: isCertain)
            case .constant, .path: break
            }
        }
    }
}
