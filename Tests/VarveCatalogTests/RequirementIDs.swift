/// The IDs of the requirements, as their list numbers them: how many there are under each letter.
enum RequirementIDs {
    static let counts: [(letter: Character, count: Int)] = [
        ("F", 56), ("A", 89), ("B", 52), ("C", 77), ("M", 53), ("X", 7), ("D", 14),
    ]

    static let all: [String] = counts.flatMap { entry in (1...entry.count).map { "\(entry.letter)\($0)" } }
    static let set = Set(all)
}
