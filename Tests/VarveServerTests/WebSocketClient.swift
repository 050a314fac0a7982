import Foundation

/// A WebSocket of its own: masks what it sends, and reads frames.
final class WebSocketClient: @unchecked Sendable {
    let connection: RawConnection
    private var pending: [UInt8] = []
    let head: String

    init(_ port: Int, _ path: String, _ more: String = "") throws {
        connection = try RawConnection(port: port)
        try connection.send(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(more)\r\n")
        var all: [UInt8] = []
        while all.firstRange(of: Array("\r\n\r\n".utf8)) == nil { all += try connection.more() }
        let end = all.firstRange(of: Array("\r\n\r\n".utf8))!
        head = String(decoding: all[..<end.lowerBound], as: UTF8.self)
        pending = Array(all[end.upperBound...])
    }

    func send(_ text: String, opcode: UInt8 = 1, masked: Bool = true) throws {
        let bytes = Array(text.utf8)
        let mask: [UInt8] = [1, 2, 3, 4]
        try connection.send([0x80 | opcode, (masked ? 0x80 : 0) | UInt8(bytes.count)] + (masked ? mask : []))
        try connection.send(masked ? bytes.enumerated().map { $1 ^ mask[$0 % 4] } : bytes)
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while pending.count < count { pending += try connection.more() }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    func frame() throws -> (opcode: UInt8, bytes: [UInt8]) {
        let head = try take(2)
        var count = Int(head[1] & 0x7F)
        if count == 126 { count = try take(2).reduce(0) { $0 << 8 | Int($1) } }
        if count == 127 { count = try take(8).reduce(0) { $0 << 8 | Int($1) } }
        return (head[0] & 0x0F, try take(count))
    }

    /// Reads texts until one of this type comes.
    func wait(_ type: String) throws -> [String: Any] {
        while true {
            let frame = try frame()
            guard frame.opcode == 1 else { continue }
            let object = try JSONSerialization.jsonObject(with: Data(frame.bytes)) as? [String: Any] ?? [:]
            if object["type"] as? String == type { return object }
        }
    }
}
