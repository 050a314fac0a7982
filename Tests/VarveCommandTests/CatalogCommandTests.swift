import Foundation
import Testing

struct CatalogCommandTests {
    @Test func `catalog lists every signal, also of one system`() throws {
        let all = try BuiltCommand.run("catalog", "ls", "--json").rows()
        #expect(all.count == 57)
        #expect(all.contains { $0["name"] as? String == "retry.success" && $0["system"] as? String == "bookiji" })
        #expect(try BuiltCommand.run("catalog", "ls", "--system", "bookiji", "--json").rows().count == 11)
    }

    @Test func `catalog show describes fields, and as JSON says what a person reads`() throws {
        let text = try BuiltCommand.run("catalog", "show", "pod.result").out
        #expect(text.contains("success_rate") && text.contains("fraction") && text.contains("pod_orders"))
        let object = try BuiltCommand.run("catalog", "show", "pod.result", "--json").lastObject()
        let fields = try #require(object["fields"] as? [[String: Any]])
        let rate = try #require(fields.first { $0["name"] as? String == "success_rate" })
        #expect(rate["unit"] as? String == "fraction" && rate["required"] as? Bool == false)
    }

    @Test(arguments: [["show", "retry.succes"], ["ls", "--system", "nowhere"]])
    func `what is not there is a usage error that says what is`(arguments: [String]) throws {
        let finished = try BuiltCommand.start(["catalog"] + arguments).finish()
        #expect(finished.code == 64)
        #expect(finished.err.contains(arguments[0] == "show" ? "retry.success" : "bookiji"))
    }
}
