/// Runs a program over a text: all ways at once, so that the time is at most the length of the text times that of the program.
struct PatternMachine {
    private let program: PatternProgram
    private let noteCount: Int
    private var text: [Unicode.Scalar] = []

    /// Places in the program, in order of preference, each once; with what was noted on the way there.
    private struct Places {
        var places: [Int] = []
        var notes: [[Int]] = []
        /// Per place the step at which it was last added.
        var addedAt: [Int]

        init(_ count: Int) { addedAt = [Int](repeating: -1, count: count) }

        mutating func clear() {
            places.removeAll(keepingCapacity: true)
            notes.removeAll(keepingCapacity: true)
        }
    }

    init(_ program: PatternProgram, groups: Int) {
        self.program = program
        noteCount = 2 * (groups + 1)
    }

    /// Positions, in characters, of the whole match and of each group: begin and end, -1 for a group that is not in it. Nil when
    /// the text does not match.
    mutating func run(_ text: [Unicode.Scalar], keepsNotes: Bool) -> [Int]? {
        self.text = text
        var now = Places(program.code.count)
        var then = Places(program.code.count)
        add(0, keepsNotes ? [Int](repeating: -1, count: noteCount) : [], at: 0, to: &now)
        var matched: [Int]?
        for position in 0...text.count {
            if now.places.isEmpty { break }
            then.clear()
            search: for (place, notes) in zip(now.places, now.notes) {
                switch program.code[place] {
                case .match:
                    matched = notes
                    // What comes behind it is less preferred.
                    break search
                case .take(let set):
                    if position < text.count, program.sets[set].contains(text[position].value) {
                        add(place + 1, notes, at: position + 1, to: &then)
                    }
                default: break
                }
            }
            swap(&now, &then)
        }
        return matched
    }

    /// Follows all that takes no character.
    private func add(_ start: Int, _ notes: [Int], at position: Int, to places: inout Places) {
        var waiting: [(place: Int, notes: [Int])] = [(start, notes)]
        while var (place, notes) = waiting.popLast() {
            follow: while places.addedAt[place] != position {
                places.addedAt[place] = position
                switch program.code[place] {
                case .jump(let target): place = target
                case .fork(let first, let second):
                    waiting.append((second, notes))
                    place = first
                case .note(let index):
                    if index < notes.count { notes[index] = position }
                    place += 1
                case .check(let assertion):
                    guard holds(assertion, position) else { break follow }
                    place += 1
                case .take, .match:
                    places.places.append(place)
                    places.notes.append(notes)
                    break follow
                }
            }
        }
    }

    private func holds(_ assertion: PatternNode.Assertion, _ position: Int) -> Bool {
        switch assertion {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd: position == text.count || text[position] == "\n"
        case .wordBorder: isWord(position - 1) != isWord(position)
        case .noWordBorder: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ index: Int) -> Bool {
        text.indices.contains(index) && ScalarSet.words.contains(text[index].value)
    }
}
