internal import HTTPTypes
internal import VarveIngest

/// By what a request is known when it is sent again, as its headers say.
enum RequestKey {
    private static let bytesMax = 256

    static func read(_ headers: HTTPFields) throws(Problem) -> BodyKey? {
        let numbered = [headers[.varveProducer], headers[.varveEpoch], headers[.varveSequence]]
        if let key = headers[.idempotencyKey] {
            guard numbered.allSatisfy({ $0 == nil }) else {
                throw Problem(400, "bad_key", "a request has an Idempotency-Key or a producer's number, not both")
            }
            return .name(try text(key, "Idempotency-Key"))
        }
        if numbered.allSatisfy({ $0 == nil }) { return nil }
        guard let name = numbered[0], let number = headers[.varveSequence] else {
            throw Problem(400, "bad_key", "a producer says Varve-Producer and Varve-Sequence, and Varve-Epoch too")
        }
        guard let epoch = UInt32(headers[.varveEpoch] ?? "1"), epoch > 0 else {
            throw Problem(400, "bad_key", "Varve-Epoch is a number from 1 to \(UInt32.max)")
        }
        guard let sequence = UInt64(number), sequence <= BodyKey.numberMax else {
            throw Problem(400, "bad_key", "Varve-Sequence is a number from 0 to \(BodyKey.numberMax)")
        }
        return .sequence(producer: try text(name, "Varve-Producer"), epoch: epoch, number: sequence)
    }

    private static func text(_ text: String, _ name: String) throws(Problem) -> String {
        guard !text.isEmpty, text.utf8.count <= bytesMax else {
            throw Problem(400, "bad_key", "\(name) has 1 to \(bytesMax) bytes")
        }
        return text
    }
}
