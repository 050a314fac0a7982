import Foundation
import Testing
import VarveTestSupport

/// Exports over HTTP are those of the command, byte by byte. `Tests/oracle/parquet.py` reads them with DuckDB and pyarrow.
@Suite(.serialized) struct ExportTests {
    @Test func `an export over HTTP is the command's`() async throws {
        try await onThread {
            let folder = ServedFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let file = folder.path + "/all.ndjson"
            try RunningServer.run("generate", "--events", "3000", "--system", "all").out
                .write(toFile: file, atomically: true, encoding: .utf8)
            let data = folder.path + "/data"
            #expect(try RunningServer.run("ingest", file, "--data", data).code == 0)
            let server = try RunningServer(data)
            for format in ["ndjson", "csv", "parquet"] {
                let out = "\(folder.path)/events.\(format)"
                try shell("'\(RunningServer.command.path)' export --events --format \(format) --data '\(data)' > '\(out)'")
                let connection = try RawConnection(port: server.port)
                try connection.request("GET", "/api/v1/export?format=\(format)")
                let head = try connection.head()
                #expect(head.status == 200 && head.headers["varve-offset"] == "3000")
                var bytes: [UInt8] = []
                while case let chunk = try connection.chunk(), !chunk.isEmpty { bytes += chunk }
                let expected = try Data(contentsOf: URL(filePath: out))
                #expect(Data(bytes) == expected, "\(format): \(bytes.count) bytes")
                guard format == "parquet" else { continue }
                #expect(bytes.starts(with: Array("PAR1".utf8)) && bytes.suffix(4) == Array("PAR1".utf8))
            }
            let connection = try RawConnection(port: server.port)
            try connection.request("GET", "/api/v1/views/volume?format=parquet")
            let rows = try connection.reply()
            #expect(rows.headers["content-type"] == "application/vnd.apache.parquet" && rows.body.suffix(4) == Array("PAR1".utf8))
            try connection.request("GET", "/api/v1/export?format=xml")
            #expect(try connection.reply().status == 400)
        }
    }

    private func shell(_ text: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", text]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
