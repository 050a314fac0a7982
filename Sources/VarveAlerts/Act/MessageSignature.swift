internal import VarveHash

/// HMAC-SHA256 (RFC 2104), by which a receiver knows that a request comes from who has the key.
enum MessageSignature {
    private static let blockSize = 64

    /// 64 hexadecimal digits.
    static func hex(_ message: [UInt8], key: String) -> String {
        var key = Array(key.utf8)
        if key.count > blockSize { key = digest(key) }
        key += [UInt8](repeating: 0, count: blockSize - key.count)
        let inner = digest(key.map { $0 ^ 0x36 } + message)
        let outer = (key.map { $0 ^ 0x5C } + inner).withUnsafeBytes { SHA256Digest(of: $0) }
        return "\(outer)"
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { SHA256Digest(of: $0) }.bytes }

    /// `t=SECONDS,v1=DIGITS`, over `SECONDS.BODY`: an old request cannot be sent again as a new one.
    static func header(_ body: [UInt8], key: String, seconds: Int64) -> String {
        "t=\(seconds),v1=" + hex(Array("\(seconds).".utf8) + body, key: key)
    }
}
