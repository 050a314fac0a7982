import Testing

struct ImportTests {
    @Test(arguments: ImportTable.allowed.keys.sorted())
    func `a module imports only the modules below it`(target: String) throws {
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

    @Test func `every folder of Sources is in the table`() throws {
        let known = Set(ImportTable.allowed.keys).union(ImportTable.shims)
        #expect(Set(try SourceTree.folders(in: "Sources")) == known)
    }

    @Test func `each outside module is imported by one module of ours`() {
        let ours = Set(ImportTable.allowed.keys)
        for module in Set(ImportTable.allowed.values.joined()).subtracting(ours).subtracting(["Foundation"])
            .subtracting(ImportTable.interfaces)
        {
            let importers = ImportTable.allowed.filter { $0.value.contains(module) }.keys
            if ImportTable.eventLoops.contains(module) {
                #expect(Set(importers).isSubset(of: ["VarveServer", "VarveOutbound", "VarveGRPC"]), "\(module)")
            } else {
                #expect(importers.count == 1, "\(module) is imported by \(importers.sorted())")
            }
        }
    }

    @Test func `the log and what is below it import no interface package`() {
        for module in ["VarveLog", "VarveDisk", "VarveEvents", "VarveBatchFormat", "VarveHash", "VarveProjections", "VarveWire"] {
            #expect(ImportTable.allowed[module, default: []].isDisjoint(with: ImportTable.interfaces), "\(module)")
        }
    }

    @Test func `there are no import cycles`() {
        var left = ImportTable.allowed.mapValues { $0.filter { ImportTable.allowed[$0] != nil } }
        while let bottom = left.first(where: { $0.value.isEmpty })?.key {
            left[bottom] = nil
            left = left.mapValues { $0.subtracting([bottom]) }
        }
        #expect(left.isEmpty, "import cycle among \(left.keys.sorted())")
    }

    @Test(arguments: [
        ("import VarveDisk", "VarveDisk"), ("public import VarveDisk", "VarveDisk"), ("  import VarveDisk", "VarveDisk"),
        ("@preconcurrency internal import GRDB", "GRDB"), ("import struct Foundation.Data", "Foundation"),
        ("import Glibc.math", "Glibc"),
    ])
    func `every form of import is recognised`(text: String, module: String) {
        #expect(ImportLine(text, line: 1)?.module == module)
    }

    @Test(arguments: ["// import VarveDisk", "importer.run()", "let text = \"import VarveDisk\""])
    func `other lines are not taken for imports`(text: String) {
        #expect(ImportLine(text, line: 1) == nil)
    }
}
