/// What a line of a `_bulk` request says, for the answer to it.
public struct BulkAction: Hashable, Sendable {
    /// `index`, `create`, `update` or `delete`.
    public var name: String
    public var index: String
    /// Nil where the client leaves it to the receiver.
    public var id: String?

    /// The actions of a request, in order; up to the first that is none, or the one behind the first `most`.
    public static func read(_ document: [UInt8], index: String, most: Int = .max) -> [BulkAction] {
        // A parser reads beyond the end of a line.
        let padded = document + [UInt8](repeating: 0, count: ByteWindow.margin)
        return padded.withUnsafeBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<document.count])
            let bulk = ElasticBulk(bytes, index: index)
            var lines = BulkLines(bytes)
            var actions: [BulkAction] = []
            while actions.count < most, let line = lines.next(), let action = try? bulk.action(line, actions.count + 1) {
                if action.hasDocument, lines.next() == nil { break }
                actions.append(
                    BulkAction(
                        name: action.name, index: String(decoding: action.index, as: UTF8.self),
                        id: action.id.map { String(decoding: $0, as: UTF8.self) }))
            }
            return actions
        }
    }
}
