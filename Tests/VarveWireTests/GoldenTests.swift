import Foundation
import Testing
import VarveEvents
import VarveWire

/// Every format's golden folder: the same bytes give the same events and the same refusals, however they are cut.
@Suite struct GoldenTests {
    @Test func `every format but the systems' own has a folder`() throws {
        let formats = try Set(GoldenFolder.all.map { try $0.options().format })
        for format in InputFormat.allCases where format != .records { #expect(formats.contains(format), "\(format)") }
    }

    @Test(arguments: GoldenFolder.all)
    func `an input becomes the events and the refusals of its folder`(folder: GoldenFolder) throws {
        let input = try #require(folder.read("input"))
        let options = try folder.options()
        for chunk in [1, 61, 4_096, .max] {
            let decoded = decode(input, options, chunk: chunk)
            let events = printed(decoded.events)
            let refused = decoded.rejections.flatMap { $0.deadLetter(file: "input") }
            if chunk == .max, ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] != nil {
                try folder.write("events.ndjson", events)
                try folder.write("refused.ndjson", refused)
            }
            if ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] != nil { continue }
            #expect(decoded.received == decoded.events.count + decoded.rejections.count)
            #expect(String(decoding: events, as: UTF8.self) == folder.text("events.ndjson"), "chunks of \(chunk)")
            #expect(String(decoding: refused, as: UTF8.self) == folder.text("refused.ndjson"), "chunks of \(chunk)")
        }
    }

    @Test(arguments: GoldenFolder.all)
    func `what is printed reads back as the same events`(folder: GoldenFolder) throws {
        let decoded = decode(try #require(folder.read("input")), try folder.options())
        let again = decode(printed(decoded.events), DecodeOptions(.ndjson, now: goldenNow))
        #expect(again.rejections == [])
        #expect(again.events == decoded.events)
    }

    @Test func `every preset's mapping is one`() throws {
        for preset in FieldPreset.all {
            _ = try FieldMapping(yaml: preset.yaml, file: preset.format.rawValue)
            #expect(preset.format.takesMapping)
        }
        #expect(Set(FieldPreset.all.map(\.format)).count == FieldPreset.all.count)
    }
}
