import Testing
import VarveIngest

struct RejectionLimitTests {
    @Test(arguments: [("0", RejectionLimit.records(0)), ("12", .records(12)), ("2.5%", .percent(2.5)), ("0%", .percent(0))])
    func `a number and a share are read`(text: String, limit: RejectionLimit) {
        #expect(RejectionLimit(text) == limit)
    }

    @Test(arguments: ["", "-1", "x", "101%", "-1%", "nan%", "%", "1e3"])
    func `anything else is refused`(text: String) {
        #expect(RejectionLimit(text) == nil)
    }

    @Test func `a limit is exceeded by one more`() {
        #expect(!RejectionLimit.records(0).isExceeded(rejected: 0, of: 10))
        #expect(RejectionLimit.records(0).isExceeded(rejected: 1, of: 10))
        #expect(!RejectionLimit.percent(25).isExceeded(rejected: 25, of: 100))
        #expect(RejectionLimit.percent(25).isExceeded(rejected: 26, of: 100))
        #expect(!RejectionLimit.percent(0).isExceeded(rejected: 0, of: 0))
    }
}
