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

    @Test(arguments: [("retry.succes", "retry.success"), ("incident", "incident.opened"), ("NOPE", "varve catalog ls")])
    func `a signal that is not there is a plain error that names near ones`(name: String, near: String) throws {
        let finished = try BuiltCommand.run("catalog", "show", name)
        #expect(finished.code == 1)
        #expect(finished.err.contains(near) && !finished.err.contains("Usage"))
    }

    @Test func `a system that is not there is a usage error that says which are`() throws {
        let finished = try BuiltCommand.run("catalog", "ls", "--system", "nowhere")
        #expect(finished.code == 64)
        #expect(finished.err.contains("bookiji"))
    }
}
