internal import Foundation

/// One request to a server over its control socket. Blocks the thread.
///
///     let client = try ControlClient(data: "data")
///     try client.begin("POST", "/api/v1/events", ["Content-Type": "application/x-ndjson"])
///     try client.send(bytes)
///     let answer = try client.finish()
public final class ControlClient {
    /// Nobody serves there, or the connection broke.
    public struct Unreachable: Error, Sendable {
        public init() {}
    }

    public struct Answer: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private static let answerMax = 64 << 20

    /// - Parameter data: The data directory.
    /// - Throws: `Unreachable` when no server holds it.
    public init(data: String) throws(Unreachable) {
        let bytes = Array(ControlSocket.path(data).utf8)
        guard ControlSocket.fits(ControlSocket.path(data)) else { throw Unreachable() }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Unreachable() }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        if !isConnected { throw Unreachable() }
    }

    /// A server that speaks plain HTTP.
    public init(host: String, port: Int) throws(Unreachable) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { throw Unreachable() }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            let one = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
            if one >= 0, connect(one, address.ai_addr, address.ai_addrlen) == 0 {
                descriptor = one
                return
            }
            if one >= 0 { close(one) }
            next = address.ai_next
        }
        throw Unreachable()
    }

    deinit { close(descriptor) }

    /// Sends the head of a request whose body follows in any number of parts.
    public func begin(_ method: String, _ target: String, _ headers: [(String, String)] = []) throws(Unreachable) {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try write(Array((head + "\r\n").utf8))
    }

    public func send(_ bytes: [UInt8]) throws(Unreachable) {
        guard !bytes.isEmpty else { return }
        try write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    public func send(_ bytes: UnsafeRawBufferPointer) throws(Unreachable) {
        try send(Array(bytes))
    }

    /// Ends the body and waits for the answer.
    public func finish() throws(Unreachable) -> Answer {
        try write(Array("0\r\n\r\n".utf8))
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while all.count <= Self.answerMax {
            let count = recv(descriptor, &part, part.count, 0)
            if count > 0 { all += part[..<count] } else if count == 0 || errno != EINTR { break }
        }
        guard let answer = Self.parse(all) else { throw Unreachable() }
        return answer
    }

    static func parse(_ all: [UInt8]) -> Answer? {
        guard let end = all.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: all[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, case let words = first.split(separator: " "), words.count >= 2,
            let status = Int(words[1])
        else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        var body = Array(all[end.upperBound...])
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            guard let whole = unchunked(body) else { return nil }
            body = whole
        } else if let length = headers["content-length"].flatMap({ Int($0) }), body.count < length {
            return nil
        }
        return Answer(status: status, headers: headers, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes[...]
        var whole: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D) {
            let digits = String(decoding: rest[..<end].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let count = Int(digits, radix: 16), count >= 0, count <= answerMax else { return nil }
            let start = end + 2
            if count == 0 { return whole }
            guard rest.endIndex - start >= count + 2 else { return nil }
            whole += rest[start..<start + count]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }

    private func write(_ bytes: [UInt8]) throws(Unreachable) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                // The server may have answered before it took all: what it said is read all the same.
                if errno == EPIPE || errno == ECONNRESET { return }
                throw Unreachable()
            }
        }
    }
}
