import Foundation
import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// A folder of `Fixtures/wire`: an input, and what it becomes.
///
///     input           the bytes
///     options         one KEY=VALUE a line, as on the command line: format, path, zone, signal, time-unit, encoding, log-format
///     map.yaml        the mapping, where there is one
///     events.ndjson   what the events print as
///     refused.ndjson  the dead letters
struct GoldenFolder: CustomStringConvertible {
    let name: String

    var description: String { name }

    private static var root: URL {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appending(path: "Fixtures/wire")
    }

    static let all: [GoldenFolder] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().map { GoldenFolder(name: $0) }
    }()

    func read(_ file: String) -> [UInt8]? {
        FileManager.default.contents(atPath: Self.root.appending(path: "\(name)/\(file)").path).map { [UInt8]($0) }
    }

    func write(_ file: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: Self.root.appending(path: "\(name)/\(file)"))
    }

    func text(_ file: String) -> String? { read(file).map { String(decoding: $0, as: UTF8.self) } }

    func options() throws -> DecodeOptions {
        var settings: [String: String] = [:]
        for line in (text("options") ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            settings[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        let format = try #require(InputFormat(rawValue: settings["format"] ?? name), "no format in \(name)/options")
        var options = DecodeOptions(format, now: goldenNow)
        options.mapping = try text("map.yaml").map { try FieldMapping(yaml: $0, file: "map.yaml") }
        options.path = settings["path"] ?? ""
        options.lineFormat = settings["log-format"] ?? ""
        options.defaultSignal = settings["signal"]
        options.zone = settings["zone"].flatMap { TimeZoneRule($0) }
        options.encoding = settings["encoding"].flatMap { TextEncoding(rawValue: $0) }
        if let unit = settings["time-unit"] { options.timeFormat = try #require(TimeFormat(rawValue: unit)) }
        return options
    }
}

/// 2026-11-29: the clock of the golden folders.
let goldenNow = Timestamp(nanoseconds: 1_795_910_400_000_000_000)
