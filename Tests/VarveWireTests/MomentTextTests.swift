import Testing
import VarveEvents
import VarveWire

/// What `--from`, `--to` and the addresses of a server take.
struct MomentTextTests {
    @Test(
        arguments: [
            ("2026-03-02", "2026-03-02T00:00:00Z", false), ("2026-03-02T10:12", "2026-03-02T10:12:00Z", false),
            ("2026-03-02 10:12", "2026-03-02T10:12:00Z", false), ("2026-03-02T10:12:30", "2026-03-02T10:12:30Z", false),
            ("2026-03-02T10:12Z", "2026-03-02T10:12:00Z", true), ("2026-03-02T10:12:30.5Z", "2026-03-02T10:12:30.5Z", true),
            ("2026-03-02T12:12+02:00", "2026-03-02T10:12:00Z", true), ("2026-03-02T05:12:00-05:00", "2026-03-02T10:12:00Z", true),
            ("2026-03-02T12:12 02:00", "2026-03-02T10:12:00Z", true), ("2026-03-02T12:12:00 02:00", "2026-03-02T10:12:00Z", true),
            ("1772446320", "2026-03-02T10:12:00Z", true), ("1772446320500", "2026-03-02T10:12:00.5Z", true),
            ("1772446320500000", "2026-03-02T10:12:00.5Z", true), ("1772446320500000000", "2026-03-02T10:12:00.5Z", true),
        ] as [(String, String, Bool)])
    func `a time is read as people and programs write it`(text: String, moment: String, hasZone: Bool) throws {
        let read = try #require(MomentText(text))
        #expect(RFC3339.text(read.timestamp) == moment)
        #expect(read.hasZone == hasZone)
    }

    @Test(arguments: [
        "", "2h", "yesterday", "2026", "20260302", "2026-02-30", "2026-03-02T24:00Z", "2026-03-02Z", "2026-3-2", "02.03.2026",
        " 2026-03-02", "2026-03-02T10:12+2", "99999999999", "9223372036854775808",
    ])
    func `what is no time is none`(text: String) {
        #expect(MomentText(text) == nil)
    }
}
