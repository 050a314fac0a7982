internal import VarveHash

/// A key's identity in the key files: 128 bits, of which the first 64 are its producer number in the log.
struct KeyID: Hashable, Sendable {
    var producer: UInt64
    var rest: UInt64

    init(producer: UInt64, rest: UInt64) {
        self.producer = producer
        self.rest = rest
    }

    /// - Parameter scope: The key's namespace. Equal keys in different scopes are different.
    init(_ key: BodyKey, scope: String) {
        switch key {
        case .name(let name):
            producer = IngestKey(name, scope: scope).producer
            rest = IngestKey.number("varve kept key\u{0}\(scope)\u{0}\(name)")
        case .sequence(let name, let epoch, let number):
            producer = IngestKey(producer: name, scope: scope).producer
            rest = IngestKey.number("varve kept number\u{0}\(scope)\u{0}\(name)\u{0}\(epoch)\u{0}\(number)")
        }
    }
}
