import Testing

@testable import VarveIngest

/// The hashes of lines of which none is a record's have an end.
struct LineCheckTests {
    private func added(_ lines: Int, to checks: inout LineChecks) {
        [UInt8](repeating: 0x0A, count: lines).withUnsafeBytes { checks.add($0) }
    }

    @Test func `lines wait to be taken, and not without an end`() {
        var checks = LineChecks(waitingMax: 10)
        added(10, to: &checks)
        #expect(!checks.isFull)
        added(1, to: &checks)
        #expect(checks.isFull)
        checks.drop(before: 9)
        #expect(!checks.isFull)
        var all = LineChecks()
        added(11, to: &all)
        // Lines that are dropped are taken no more, and the others are what they were.
        let taken = [8, 10, 11].map { checks.take(upTo: $0) }
        let wanted = [10, 11].map { all.take(upTo: $0) }
        #expect(taken == [0] + wanted)
        checks.drop(before: 5)
        checks.drop(before: 50)
        let again = checks.take(upTo: 11)
        #expect(again == wanted[1])
    }
}
