internal import VarveHash

/// What a request's key is in the file of keys: 128 bits, the first of them the log's producer.
struct KeyID: Hashable, Sendable {
    var producer: UInt64
    var rest: UInt64

    init(producer: UInt64, rest: UInt64) {
        self.producer = producer
        self.rest = rest
    }

    /// - Parameter scope: Whose key it is. Equal keys of two scopes are two keys.
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
