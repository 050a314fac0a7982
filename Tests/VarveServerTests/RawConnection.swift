import Foundation
import VarveTestSupport

/// An answer as it came.
struct Reply: Sendable {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// What was said to be kept, a line each.
    var cookies: [String] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    func object() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return object ?? [:]
    }

    func int(_ name: String) throws -> Int { (try object()[name] as? Int) ?? -1 }

    func rows() throws -> [[String: Any]] {
        (try JSONSerialization.jsonObject(with: Data(body)) as? [[String: Any]]) ?? []
    }
}

/// A connection to a server, byte by byte: a test may send what no client would. It blocks its thread; tests call it through
/// `onThread`.
final class RawConnection: @unchecked Sendable {
    struct Closed: Error {}
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(port: Int, timeoutSeconds: Int = 60) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Closed() }
        var time = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Processes that other tests start end with a signal, which may interrupt any call.
        var result: Int32 = -1
        repeat {
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        } while result != 0 && (errno == EINTR || errno == EALREADY)
        // The end of this object closes it.
        guard result == 0 || errno == EISCONN else { throw Closed() }
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: some Collection<UInt8>) throws {
        let all = Array(bytes)
        var sent = 0
        while sent < all.count {
            let count = all[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Closed() }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends a request with its body as one piece.
    func request(_ method: String, _ path: String, _ headers: [String: String] = [:], _ body: [UInt8] = []) throws {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        if headers["Host"] == nil { head += "Host: localhost\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
    }

    /// The next bytes; throws when there are none any more.
    func more() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var count = -1
        repeat {
            count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        } while count < 0 && errno == EINTR
        guard count > 0 else { throw Closed() }
        return Array(buffer[..<count])
    }

    /// Whether the server closes it within the time-out.
    var isClosed: Bool {
        do {
            while true { _ = try more() }
        } catch {
            return errno != EAGAIN
        }
    }

    private func fill() throws { pending += try more() }

    private func line() throws -> String {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line.trimmingCharacters(in: .init(charactersIn: "\r"))
            }
            try fill()
        }
    }

    func take(_ count: Int) throws -> [UInt8] {
        while pending.count < count { try fill() }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    /// The head of an answer.
    func head() throws -> Reply {
        var reply = Reply()
        reply.status = Int(try line().split(separator: " ").dropFirst().first ?? "") ?? 0
        while case let text = try line(), !text.isEmpty {
            let parts = text.split(separator: ":", maxSplits: 1)
            if parts[0].lowercased() == "set-cookie", parts.count > 1 {
                reply.cookies.append(parts[1].trimmingCharacters(in: .whitespaces))
            }
            reply.headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return reply
    }

    /// A whole answer.
    func reply() throws -> Reply {
        var reply = try head()
        if reply.status == 304 || reply.status == 204 { return reply }
        if reply.headers["transfer-encoding"] == "chunked" {
            while case let part = try chunk(), !part.isEmpty { reply.body += part }
        } else {
            reply.body = try take(Int(reply.headers["content-length"] ?? "") ?? 0)
        }
        return reply
    }

    /// The next part of a chunked body; empty at its end.
    func chunk() throws -> [UInt8] {
        guard let size = Int(try line(), radix: 16) else { throw Closed() }
        let bytes = try take(size)
        _ = try line()
        return bytes
    }
}
