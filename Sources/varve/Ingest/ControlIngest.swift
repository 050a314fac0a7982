import Foundation
import VarveDisk
import VarveIngest
import VarveServer
import VarveWire

/// An ingest into a directory that a server holds: the files are sent to the server through its control socket, and it returns
/// the receipts.
struct ControlIngest {
    /// The query parameters of the request.
    var query: [(name: String, value: String)]
    /// Whether the format's records are JSON, which need not be lines.
    var cutsJSON: Bool

    /// Counts of all inputs together.
    private struct Sum {
        var counts = ["received": 0, "appended": 0, "duplicate": 0, "rejected": 0]
        var first: Int?
        var last: Int?
        var durable = 0
    }

    /// Sends the files one after the other, and prints the receipt of all.
    func run(_ files: [String], data: String, durability: DurabilityArgument, maxRejected: RejectionLimit?, json: Bool) throws {
        var sum = Sum()
        for file in files { try take(try send(file, data), of: file, &sum) }
        let (received, rejected) = (sum.counts["received"] ?? 0, sum.counts["rejected"] ?? 0)
        var line = JSONLine()
        for name in ["received", "appended", "duplicate", "rejected"] { line.field(name, sum.counts[name] ?? 0) }
        line.field("first_offset", sum.first)
        line.field("last_offset", sum.last)
        line.field("durable_offset", sum.durable)
        durability.add(to: &line)
        line.field("through", "control.sock")
        if json {
            try Output.standard.line(line.text)
        } else {
            for name in ["received", "appended", "duplicate", "rejected"] {
                let count = (sum.counts[name] ?? 0).grouped
                try Output.standard.line(name.padding(toLength: 12, withPad: " ", startingAt: 0) + count)
            }
            try Output.standard.line("through the server that holds \(SafeText.escape(data))")
        }
        if received > 0, rejected == received { throw ExitStatus.allRefused.exitCode }
        if let maxRejected, maxRejected.isExceeded(rejected: rejected, of: received) { throw ExitStatus.allRefused.exitCode }
    }

    private func send(_ file: String, _ data: String) throws -> ControlClient.Answer {
        do {
            let source = try InputSource.open(file, cutsJSON: cutsJSON)
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { room.deallocate() }
            // Nothing is asked of the server for an input that cannot be read.
            var fill = try source.read(into: room)
            let client = try ControlClient(data: data)
            let items = query.map { "\($0.name)=\(Self.encode($0.value))" }.joined(separator: "&")
            try client.begin("POST", "/api/v1/events" + (items.isEmpty ? "" : "?\(items)"), [])
            while case .bytes(let count) = fill {
                try client.send(UnsafeRawBufferPointer(rebasing: room[..<count]))
                fill = try source.read(into: room)
            }
            if source.isOpenArray {
                Output.error("note: \(file): the JSON array has no closing bracket: the input may have been cut off\n")
            }
            return try client.finish()
        } catch let error as InputError {
            throw CommandFailure(.inputOutput, error.message, place: file)
        } catch is ControlClient.Unreachable {
            throw CommandFailure(
                .unavailable, "the server that holds the directory closed the connection before it answered", place: data,
                next: "run the command again; without --producer, events it had appended may be there twice")
        }
    }

    private func take(_ answer: ControlClient.Answer, of file: String, _ sum: inout Sum) throws {
        guard let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any],
            object["received"] != nil
        else {
            let what = (try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])?["detail"] as? String
            throw CommandFailure(.failure, what ?? "the server answered \(answer.status)", place: file)
        }
        for name in sum.counts.keys { sum.counts[name, default: 0] += object[name] as? Int ?? 0 }
        sum.first = sum.first ?? object["first_offset"] as? Int
        sum.last = object["last_offset"] as? Int ?? sum.last
        sum.durable = max(sum.durable, object["durable_offset"] as? Int ?? 0)
        for error in object["errors"] as? [[String: Any]] ?? [] {
            let place = "\(file):\(error["line"] as? Int ?? 0)"
            Output.error("\(SafeText.escape(place)): \(SafeText.escape("\(error["message"] ?? "refused")"))\n")
        }
    }

    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
