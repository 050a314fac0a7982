import Foundation
import VarveDisk
import VarveEvents
import VarveLog

/// `varve-torture ids DATA COUNT MIB`: appends COUNT events with ids like UUIDs of version 7 to a new log, with MIB of memory for
/// ids, opens it again, appends some of them again, and opens it without its `ids/`.
enum IDLoad {
    private static let rows = 32_768

    static func run(_ data: String, _ count: Int, _ mebibytes: Int) async throws {
        var options = LogOptions()
        options.idMemoryBytes = mebibytes << 20
        Torture.say("before: \(memory())")
        var log = try await LogWriter.open(at: data, options: options)
        var appending = Duration.zero
        for first in stride(from: 0, to: count, by: rows) {
            let batch = batch(first..<min(count, first + rows))
            let start = ContinuousClock.now
            let receipt = try await log.append(batch)
            appending += ContinuousClock.now - start
            guard receipt.appended == batch.rowCount else { throw LogError(.damaged, "a new id was called a duplicate") }
            if first / rows % 128 == 127 { Torture.say("\(first + rows) ids, \(rate(first + rows, appending)), \(memory())") }
        }
        try await log.close()
        Torture.say("\(count) new ids: \(rate(count, appending)); \(memory())")
        Torture.say("ids/: \(files(data))")

        var start = ContinuousClock.now
        log = try await LogWriter.open(at: data, options: options)
        Torture.say("opened in \(ContinuousClock.now - start); \(memory())")
        appending = .zero
        let again = min(count, 40 * rows)
        for first in stride(from: 0, to: again, by: rows) {
            let batch = batch(first..<min(again, first + rows))
            start = ContinuousClock.now
            let receipt = try await log.append(batch)
            appending += ContinuousClock.now - start
            guard receipt.duplicates.count == batch.rowCount else { throw LogError(.damaged, "a known id was called new") }
        }
        Torture.say("\(again) known ids: \(rate(again, appending)); \(memory())")
        try await log.close()

        try FileManager.default.removeItem(atPath: data + "/ids")
        start = ContinuousClock.now
        log = try await LogWriter.open(at: data, options: options)
        Torture.say("opened without ids/ in \(ContinuousClock.now - start); \(memory())")
        try await log.close()
    }

    private static func rate(_ count: Int, _ time: Duration) -> String {
        "\(Int(Double(count) / (time / .seconds(1)))) a second"
    }

    private static func batch(_ numbers: Range<Int>) -> EventBatch {
        var builder = BatchBuilder()
        for number in numbers {
            let time = 1_700_000_000_000 + Int64(number / 100)
            var event = Event(time: Timestamp(nanoseconds: time * 1_000_000), signal: "http.request", id: id(time, number))
            event.component = "gateway"
            builder.append(event)
        }
        return builder.finish()
    }

    /// 48 bits of time, 80 bits that look random.
    private static func id(_ milliseconds: Int64, _ number: Int) -> String {
        var mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        let low = mixed ^ mixed >> 27
        func digits(_ value: UInt64, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text.suffix(count)
        }
        let time = digits(UInt64(milliseconds), 12)
        return "\(time.prefix(8))-\(time.suffix(4))-7\(digits(low >> 52, 3))-8\(digits(low >> 40, 3))-\(digits(low, 12))"
    }

    private static func memory() -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let lines = status.split(separator: "\n").filter { $0.hasPrefix("VmRSS") || $0.hasPrefix("VmHWM") }
        return lines.map { $0.split(whereSeparator: { " \t".contains($0) }).joined(separator: " ") }.joined(separator: ", ")
    }

    private static func files(_ data: String) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: data + "/ids")) ?? []).filter { $0.hasSuffix(".run") }
        let bytes = names.reduce(0) { sum, name in
            sum + (((try? FileManager.default.attributesOfItem(atPath: data + "/ids/" + name))?[.size] as? Int) ?? 0)
        }
        return "\(names.count) runs, \(bytes) bytes"
    }
}
