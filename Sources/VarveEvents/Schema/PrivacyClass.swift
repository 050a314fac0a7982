/// How much a field can say about a person, from nothing to everything. What may leave a log, and to whom, is decided by it.
public enum PrivacyClass: String, CaseIterable, Sendable, Comparable {
    /// Says nothing about a person.
    case operational
    /// Tells persons apart without saying who they are: ids of users, sessions, requests.
    case pseudonymous
    /// Says something about a person: a name, where they are, what they browse with and where.
    case personal
    /// Written by or about a person, can hold anything: messages, queries, stacks, error texts.
    case content

    public static func < (left: PrivacyClass, right: PrivacyClass) -> Bool {
        left.order < right.order
    }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
