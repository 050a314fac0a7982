/// A pattern for file paths: `*` matches any text without `/`; `{}` does too, and captures it. It is matched against the end of
/// the path, starting after a `/`: `pods/*_{}_*/*/*.log` captures the pod name in `/var/log/pods/shop_cart-1_uid/web/0.log`.
struct PathPattern: Hashable, Sendable {
    let text: String
    private let parts: [[Piece]]

    private enum Piece: Hashable {
        case literal([UInt8])
        case any
        case wanted
    }

    /// Longer patterns would only cost time.
    private static let piecesMax = 32

    /// Nil if there is not exactly one `{}` (none if `captures` is false), or the pattern is empty or too long.
    init?(_ text: String, captures: Bool = true) {
        self.text = text
        guard !text.isEmpty, text.utf8.count <= 1_024 else { return nil }
        var parts: [[Piece]] = []
        var wanted = 0
        for part in text.split(separator: "/", omittingEmptySubsequences: true) {
            var pieces: [Piece] = []
            var literal: [UInt8] = []
            var rest = Array(part.utf8)[...]
            while let byte = rest.popFirst() {
                let isWanted = byte == 0x7B && rest.first == 0x7D
                guard isWanted || byte == 0x2A else {
                    literal.append(byte)
                    continue
                }
                if isWanted {
                    rest.removeFirst()
                    wanted += 1
                }
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = []
                pieces.append(isWanted ? .wanted : .any)
            }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            guard pieces.count <= Self.piecesMax else { return nil }
            parts.append(pieces)
        }
        guard !parts.isEmpty, wanted == (captures ? 1 : 0) else { return nil }
        self.parts = parts
    }

    /// The text captured by `{}` in `path` (empty without `{}`); nil if the path does not match.
    func match(_ path: String) -> String? {
        let folders = path.split(separator: "/", omittingEmptySubsequences: true).map { Array($0.utf8) }
        guard folders.count >= parts.count else { return nil }
        var found: ArraySlice<UInt8>?
        for (pieces, name) in zip(parts, folders.suffix(parts.count)) {
            guard let match = Self.match(pieces[...], name[...]) else { return nil }
            found = found ?? match.wanted
        }
        return found.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Matches the shortest text for each `*` and `{}` in turn. Backtracking to the last one suffices for a pattern of literals
    /// and stars.
    private static func match(
        _ pieces: ArraySlice<Piece>, _ name: ArraySlice<UInt8>
    ) -> (wanted: ArraySlice<UInt8>?, Void)? {
        var spans: [(piece: Piece, start: Int)] = []
        var at = name.startIndex
        var wanted: ArraySlice<UInt8>?
        for (index, piece) in zip(pieces.indices, pieces) {
            guard case .literal(let literal) = piece else {
                spans.append((piece, at))
                continue
            }
            let isLast = index == pieces.endIndex - 1
            guard let open = spans.last else {
                guard name[at...].starts(with: literal), !isLast || name[at...].count == literal.count else { return nil }
                at += literal.count
                continue
            }
            let start: Int?
            if isLast {
                let tail = name.endIndex - literal.count
                start = tail >= at && name[max(tail, at)...].elementsEqual(literal) ? tail : nil
            } else {
                start = (at...name.endIndex).first { name[$0...].starts(with: literal) }
            }
            guard let start else { return nil }
            if open.piece == .wanted { wanted = name[open.start..<start] }
            spans.removeAll()
            at = start + literal.count
        }
        if let open = spans.last {
            if open.piece == .wanted { wanted = name[open.start...] }
            at = name.endIndex
        }
        return at == name.endIndex ? (wanted, ()) : nil
    }
}
