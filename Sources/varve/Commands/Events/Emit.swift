import ArgumentParser
import Foundation
import VarveDisk
import VarveEvents
import VarveIngest
import VarveServer
import VarveWire
import VarveWorkspace

struct Emit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit",
        abstract: "Append one event, for use in scripts.",
        discussion: """
            Numbers, true and false are stored as such; KEY:=VALUE stores any value as
            text. time, id, tenant, component, session, user are envelope fields. The event
            is on disk when the command returns.

              varve emit deploy.finished version=1.4.2 duration_ms=8123 --data data
              varve emit backup.failed component=nightly --server http://127.0.0.1:8430

            If a server holds the directory, the event is sent to that server.
            """)

    @Argument(help: "The signal.") var signal: String
    @Argument(help: ArgumentHelp("Fields and attributes.", valueName: "key=value")) var fields: [String] = []
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The data directory. Default: $VARVE_DATA, or ./data if it is one.", valueName: "dir"))
    var data: String?
    @Option(help: ArgumentHelp("A server instead of a directory: http://HOST:PORT.", valueName: "url")) var server: String?
    @Option(help: ArgumentHelp("A file with the token for the server.", valueName: "file")) var tokenFile: String?
    @Flag(help: "Print the receipt as one JSON object.") var json = false

    func validate() throws {
        guard EventLimits.isName(signal) else { throw ValidationError("Not a valid signal name.") }
        if data != nil, server != nil { throw ValidationError("Give --data or --server, not both.") }
    }

    func run() async throws {
        let line = Array((try text() + "\n").utf8)
        let receipt: String
        if let server {
            receipt = try post(line, to: .server(server, tokenFile))
        } else {
            guard let path = data ?? DataDirectory.usual else {
                throw ValidationError("Missing --data DIR or --server URL, and there is no data directory ./data.")
            }
            try DataDirectory.check(path)
            if (try? ControlClient(data: path)) != nil {
                receipt = try post(line, to: .control(path))
            } else {
                receipt = try await append(line, path)
            }
        }
        let object = try JSONSerialization.jsonObject(with: Data(receipt.utf8)) as? [String: Any]
        if json {
            try Output.standard.line(receipt.split(separator: "\n").first.map(String.init) ?? receipt)
        } else if let offset = object?["first_offset"] as? Int {
            try Output.standard.line("offset \(offset)")
        } else if object?["duplicate"] as? Int == 1 {
            try Output.standard.line("already in the log")
        }
        guard object?["rejected"] as? Int != 1 else {
            let error = (object?["errors"] as? [[String: Any]])?.first
            Output.error("error: \(SafeText.escape("\(error?["message"] ?? "the event was refused")"))\n")
            throw ExitStatus.allRefused.exitCode
        }
    }

    private static let envelope: [String: String] = [
        "time": "time", "id": "id", "tenant": "tenant", "component": "component", "session": "session_id",
        "session_id": "session_id", "user": "user_id", "user_id": "user_id",
    ]

    /// The event as a line of JSON.
    private func text() throws -> String {
        var object = JSONLine()
        var attributes = JSONLine()
        object.field("signal", signal)
        var hasTime = false
        for field in fields {
            guard let mark = field.firstIndex(of: "="), mark > field.startIndex else {
                throw ValidationError("'\(field)' is not KEY=VALUE.")
            }
            var key = String(field[..<mark])
            let value = String(field[field.index(after: mark)...])
            let isText = key.hasSuffix(":")
            if isText { key.removeLast() }
            if let name = Self.envelope[key] {
                object.field(name, value)
                hasTime = hasTime || name == "time"
            } else {
                attributes.field(key, json: isText ? JSONLine.string(value) : Self.value(value))
            }
        }
        if !hasTime { object.field("time", RFC3339.text(Timestamp(nanoseconds: wallClockNanoseconds()))) }
        object.field("data", json: attributes.text)
        return object.text
    }

    private static func value(_ text: String) -> String {
        if text == "true" || text == "false" { return text }
        // JSON number syntax, so that 007 and 1e5x stay text.
        let isNumber = text.wholeMatch(of: /-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,2})?/) != nil
        return isNumber ? text : JSONLine.string(text)
    }

    private enum Target {
        case control(String)
        case server(String, String?)
    }

    private func post(_ line: [UInt8], to target: Target) throws -> String {
        do throws(ControlClient.Unreachable) {
            let client: ControlClient
            var headers = [("Content-Type", "application/x-ndjson")]
            switch target {
            case .control(let path): client = try ControlClient(data: path)
            case .server(let url, let file):
                let (host, port) = try Self.address(url)
                if let file { headers.append(("Authorization", "Bearer \(Self.secret(file))")) }
                client = try ControlClient(host: host, port: port)
            }
            try client.begin("POST", "/api/v1/events", headers)
            try client.send(line)
            let answer = try client.finish()
            guard answer.text.contains("\"received\"") else {
                let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
                return try Self.refuse(answer.status, object?["detail"] as? String)
            }
            return answer.text
        } catch {
            throw CommandFailure(
                .unavailable, "no server responds at this address", place: server, next: "check --server, or give --data")
        }
    }

    private static func refuse(_ status: Int, _ what: String?) throws(ControlClient.Unreachable) -> String {
        Output.error("error: \(SafeText.escape(what ?? "the server answered \(status)"))\n")
        Emit.exit(withError: ExitStatus.failure.exitCode)
    }

    private static func secret(_ file: String) -> String {
        let text = (try? SettingsText.read(file, option: "--token-file")) ?? ""
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }

    private static func address(_ url: String) throws(ControlClient.Unreachable) -> (String, Int) {
        guard let parts = URL(string: url), parts.scheme == "http", let host = parts.host() else {
            throw ControlClient.Unreachable()
        }
        return (host, parts.port ?? 80)
    }

    private func append(_ line: [UInt8], _ path: String) async throws -> String {
        let ingestor = try await DataDirectory.ingestor(path)
        do {
            let decoding = DecodeOptions(.ndjson, now: Timestamp(nanoseconds: wallClockNanoseconds()))
            var body = try BodyIngest(ingestor, decoding)
            try line.withUnsafeBytes { try body.feed($0) }
            try await body.append()
            let result = try await body.finish()
            let text = ReceiptText.json(result.receipt, body.refused)
            try await ingestor.close()
            return text
        } catch {
            try? await ingestor.close()
            throw error
        }
    }
}
