import Testing

struct ImportTests {
    @Test(arguments: ImportTable.allowed.keys.sorted())
    func `a floor imports only what lies below it`(target: String) throws {
        let allowed = ImportTable.allowed[target, default: []].union(ImportTable.everywhere)
        let files = SourceTree.swiftFiles(below: "Sources/" + target)
        #expect(!files.isEmpty, "Sources/\(target) holds no Swift file")
        for file in files {
            for (index, text) in try SourceTree.lines(of: file).enumerated() {
                guard let found = ImportLine(text, line: index + 1), !allowed.contains(found.module) else { continue }
                Issue.record("\(file):\(found.line) imports \(found.module), which \(target) may not (see ImportTable.swift)")
            }
        }
    }

    @Test func `every folder of Sources stands in the table`() throws {
        let known = Set(ImportTable.allowed.keys).union(ImportTable.shims)
        #expect(Set(try SourceTree.folders(in: "Sources")) == known)
    }

    @Test func `each outside module has one door`() {
        let ours = Set(ImportTable.allowed.keys)
        for module in Set(ImportTable.allowed.values.joined()).subtracting(ours).subtracting(["Foundation"])
            .subtracting(ImportTable.interfaces)
        {
            let doors = ImportTable.allowed.filter { $0.value.contains(module) }.keys
            #expect(doors.count == 1, "\(module) is imported by \(doors.sorted())")
        }
    }

    @Test func `the log and what is below it import no interface package`() {
        for module in ["VarveLog", "VarveDisk", "VarveEvents", "VarveBatchFormat", "VarveHash", "VarveProjections", "VarveWire"] {
            #expect(ImportTable.allowed[module, default: []].isDisjoint(with: ImportTable.interfaces), "\(module)")
        }
    }

    @Test func `the arrows make no circle`() {
        var left = ImportTable.allowed.mapValues { $0.filter { ImportTable.allowed[$0] != nil } }
        while let bottom = left.first(where: { $0.value.isEmpty })?.key {
            left[bottom] = nil
            left = left.mapValues { $0.subtracting([bottom]) }
        }
        #expect(left.isEmpty, "these import each other in a circle: \(left.keys.sorted())")
    }

    @Test(arguments: [
        ("import VarveDisk", "VarveDisk"), ("public import VarveDisk", "VarveDisk"), ("  import VarveDisk", "VarveDisk"),
        ("@preconcurrency internal import GRDB", "GRDB"), ("import struct Foundation.Data", "Foundation"),
        ("import Glibc.math", "Glibc"),
    ])
    func `every way to write an import is seen`(text: String, module: String) {
        #expect(ImportLine(text, line: 1)?.module == module)
    }

    @Test(arguments: ["// import VarveDisk", "importer.run()", "let text = \"import VarveDisk\""])
    func `what is no import is none`(text: String) {
        #expect(ImportLine(text, line: 1) == nil)
    }
}
