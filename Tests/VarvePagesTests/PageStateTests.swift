import Testing
import VarveCharts
import VarveEvents
import VarveProjections

@testable import VarvePages

struct PageStateTests {
    private let now = Timestamp(nanoseconds: 1_767_830_340_000_000_000)

    @Test func `a link says what was set, and encodes all of it`() {
        let state = PageState(path: "/explore", items: [.init("view", "volume"), .init("where", "a=b&c d\"<")])
        #expect(state.link == "/explore?view=volume&where=a%3Db%26c%20d%22%3C")
        #expect(state.setting(["view": "latency", "from": "now-1h"]).link.hasSuffix("&from=now-1h&view=latency"))
        #expect(state.setting(["where": nil]).link == "/explore?view=volume")
    }

    @Test func `relative ranges end with the newest event, in whole buckets`() throws {
        let day = try PageRange(PageState(path: "/"), now: now)
        #expect(day.seconds == 86_400 && day.level == .hour && day.isOpen && day.offered == "now-24h")
        #expect(day.to.nanoseconds % 3_600_000_000_000 == 0 && day.to > now)
        let hour = try PageRange(PageState(path: "/", items: [.init("from", "now-1h")]), now: now)
        #expect(hour.level == .minute && hour.seconds == 3_600)
        let month = try PageRange(PageState(path: "/", items: [.init("from", "now-30d")]), now: now)
        #expect(month.level == .day)
        let exact = try PageRange(
            PageState(path: "/", items: [.init("from", "2026-01-03 10:30"), .init("to", "2026-01-03T12:00:00Z")]), now: now)
        #expect(exact.seconds == 5_400 && !exact.isOpen && exact.offered == nil)
    }

    @Test(arguments: [
        "now-0h", "now-", "now-99999999999999999999d", "now-5x", "yesterday", "now-9000000000000d", "now-200000d", "1969-12-31",
        "-9223372036854", "9223372036854",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(throws: PageProblem.self) { try PageRange(PageState(path: "/", items: [.init("from", text)]), now: now) }
    }

    @Test func `a change says sign, unit and judgement`() {
        let thin = "\u{202F}"
        let worse = Change(0.05, 0.03, .fraction, isMoreBetter: false, against: "before")
        #expect(worse.text == "▲ +2.0\(thin)pp vs before, worse" && worse.isWorse == true)
        let fewer = Change(90, 100, .count, isMoreBetter: nil, against: "before")
        #expect(fewer.text == "▼ −10\(thin)% vs before" && fewer.isWorse == nil)
        #expect(Change(5, 3, .count, isMoreBetter: nil, against: "before").text == "3 in before")
        #expect(Change(5, nil, .count, isMoreBetter: nil, against: "before").text == "no comparable data")
        #expect(Change(100, 100, .count, isMoreBetter: true, against: "before").text == "= no change vs before")
    }

    @Test func `a value becomes a condition that means it`() throws {
        for value in ["Pay", "a b", "a\"b\\c", "", "ü", "x=y"] {
            let condition = try FieldCondition(parsing: "component=\(Quoted.text(value))")
            switch condition.operand {
            case .word(let text), .text(let text): #expect(text == value)
            case .absent: #expect(value.isEmpty)
            }
        }
    }

    @Test func `assets change their path with their bytes, and need nothing from elsewhere`() {
        for file in PageAssets.all {
            #expect(file.path.hasPrefix("/assets/varve-"))
            #expect(!file.text.contains("http://") || file.path.hasSuffix(".svg"), "\(file.path)")
            #expect(!file.text.contains("https://") && !file.text.contains("@import"))
        }
        #expect(PageAssets.style.text.utf8.count < 26_000 && PageAssets.script.text.utf8.count < 15_000)
        #expect(PageAssets.style.text.filter { $0 == "{" }.count == PageAssets.style.text.filter { $0 == "}" }.count)
        #expect(PageAssets.policy.hasPrefix("default-src 'none'") && !PageAssets.policy.contains("unsafe"))
    }
}
