import Testing

@testable import VarveLog

@Suite struct RecoveryTableTests {
    @Test func `every combination of facts matches exactly one row`() {
        for bits in 0..<256 {
            let on = { (bit: Int) in bits >> bit & 1 == 1 }
            let facts = RecoveryFacts(
                exists: on(0), isNewer: on(1), isOurs: on(2), hasContent: on(3), isDamaged: on(4), hasFooter: on(5),
                hasTail: on(6), hasFramesAbove: on(7))
            let rows = RecoveryCase.allCases.filter { $0.matches(facts) }
            #expect(rows.count == 1, "\(facts) matches \(rows.map(\.rawValue))")
        }
    }

    @Test func `every row can be reached`() {
        var reached: Set<RecoveryCase> = []
        for bits in 0..<256 {
            let on = { (bit: Int) in bits >> bit & 1 == 1 }
            reached.insert(
                RecoveryCase(
                    RecoveryFacts(
                        exists: on(0), isNewer: on(1), isOurs: on(2), hasContent: on(3), isDamaged: on(4), hasFooter: on(5),
                        hasTail: on(6), hasFramesAbove: on(7))))
        }
        #expect(reached == Set(RecoveryCase.allCases))
    }
}
