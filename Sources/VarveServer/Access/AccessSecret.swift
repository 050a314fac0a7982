internal import VarveHash

/// Secrets: how they are made, and how they are compared without telling by time where two differ.
enum AccessSecret {
    /// At least so many random bytes, as digits of base 32.
    static func random(bytes: Int) -> String {
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        var generator = SystemRandomNumberGenerator()
        let count = (bytes * 8 + 4) / 5
        return String((0..<count).map { _ in digits[Int(generator.next() & 31)] })
    }

    /// SHA-256 in hexadecimal digits.
    static func digest(_ secret: String) -> String {
        Array(secret.utf8).withUnsafeBytes { "\(SHA256Digest(of: $0))" }
    }

    /// Whether two texts are the same; the time depends on their lengths alone.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
