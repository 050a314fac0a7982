/// A regular expression as instructions of a machine that reads a text once.
struct PatternProgram {
    enum Instruction {
        /// Takes one character of a set and goes on behind.
        case take(Int)
        /// Goes on at both places; the first is preferred.
        case fork(Int, Int)
        case jump(Int)
        /// Notes the position.
        case note(Int)
        case check(PatternNode.Assertion)
        case match
    }

    private(set) var code: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    private let limit: Int
    /// Nodes compiled so far. Repetitions of what is empty need no instructions, and would go on for ever.
    private var visits = 0

    /// - Throws: `.unsupported` when it has more than `limit` instructions.
    init(_ node: PatternNode, limit: Int) throws(PromQLError) {
        self.limit = limit
        try emit(.note(0))
        try compile(node)
        // The whole text must match.
        try emit(.check(.textEnd))
        try emit(.note(1))
        try emit(.match)
    }

    private mutating func emit(_ instruction: Instruction) throws(PromQLError) {
        guard code.count < limit else { throw Self.tooLarge(limit) }
        code.append(instruction)
    }

    private static func tooLarge(_ limit: Int) -> PromQLError {
        PromQLError(.unsupported, "the regular expression is too large: it needs more than \(limit) steps")
    }

    private mutating func compile(_ node: PatternNode) throws(PromQLError) {
        visits += 1
        guard visits <= 4 * limit else { throw Self.tooLarge(limit) }
        switch node {
        case .empty: break
        case .set(let set):
            sets.append(set)
            try emit(.take(sets.count - 1))
        case .sequence(let parts): for part in parts { try compile(part) }
        case .assertion(let assertion): try emit(.check(assertion))
        case .group(let inner, index: let index):
            if let index { try emit(.note(2 * index)) }
            try compile(inner)
            if let index { try emit(.note(2 * index + 1)) }
        case .choice(let choices): try compile(choices)
        case .repeated(let inner, let least, let most, let isGreedy):
            try compile(inner, least, most, isGreedy)
        }
    }

    private mutating func compile(_ choices: [PatternNode]) throws(PromQLError) {
        var ends: [Int] = []
        for (index, choice) in choices.enumerated() {
            let fork = code.count
            let isLast = index == choices.count - 1
            if !isLast { try emit(.fork(fork + 1, 0)) }
            try compile(choice)
            if !isLast {
                ends.append(code.count)
                try emit(.jump(0))
                code[fork] = .fork(fork + 1, code.count)
            }
        }
        for end in ends { code[end] = .jump(code.count) }
    }

    private mutating func compile(
        _ inner: PatternNode, _ least: Int, _ most: Int?, _ isGreedy: Bool
    ) throws(PromQLError) {
        for _ in 0..<least { try compile(inner) }
        guard let most else {
            let fork = code.count
            try emit(.fork(0, 0))
            try compile(inner)
            try emit(.jump(fork))
            code[fork] = isGreedy ? .fork(fork + 1, code.count) : .fork(code.count, fork + 1)
            return
        }
        var forks: [Int] = []
        for _ in least..<max(least, most) {
            forks.append(code.count)
            try emit(.fork(0, 0))
            try compile(inner)
        }
        for fork in forks { code[fork] = isGreedy ? .fork(fork + 1, code.count) : .fork(code.count, fork + 1) }
    }
}
