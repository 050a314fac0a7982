/// The slots of a mapping's sources that are nothing but a field; -1 for other sources, and where there is none.
struct PlainSlots {
    let signal: Int
    let component: Int
    let session: Int
    let user: Int
    /// Of the only rule for the time, if it is no pattern.
    let time: Int
    /// By the number of the attribute's rule.
    let attributes: [Int]

    init(_ rules: FieldRules) {
        signal = Self.slot(rules.signal)
        component = Self.slot(rules.component)
        session = Self.slot(rules.session)
        user = Self.slot(rules.user)
        attributes = rules.attributes.map { Self.slot($0.source) }
        if rules.times.count == 1, case .format = rules.times[0].notation {
            time = Self.slot(rules.times[0].source)
        } else {
            time = -1
        }
    }

    private static func slot(_ source: FieldSource?) -> Int {
        if case .field(let slot) = source { slot } else { -1 }
    }
}
