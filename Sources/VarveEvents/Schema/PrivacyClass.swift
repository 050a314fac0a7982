/// How much a field reveals about a person, in increasing order. Decides what may leave a log, and to whom.
public enum PrivacyClass: String, CaseIterable, Sendable, Comparable {
    /// Reveals nothing about a person.
    case operational
    /// Distinguishes persons without identifying them: ids of users, sessions, requests.
    case pseudonymous
    /// Reveals something about a person: a name, a location, a browser, visited pages.
    case personal
    /// Written by or about a person and may contain anything: messages, queries, stacks, error texts.
    case content

    public static func < (left: PrivacyClass, right: PrivacyClass) -> Bool {
        left.order < right.order
    }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
