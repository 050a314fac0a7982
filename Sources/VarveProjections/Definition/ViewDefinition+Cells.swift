public import VarveHash

/// The identity of stored cells.
///
/// A view's cells, or the rows stored beside them, can change without its definition, when a fold of rare data is corrected. The
/// view keeps its fingerprint, and so its hash wherever such data does not occur, but what an earlier fold stored must not be
/// added to: it has another identity, and the view is folded again.
extension ViewDefinition {
    /// Identifies stored cells: the fingerprint, and the number of the fold if that is not the first.
    public var cellFingerprint: SHA256Digest {
        guard foldNumber > 1 else { return fingerprint }
        let bytes = fingerprint.bytes + Array("fold \(foldNumber)".utf8)
        return bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// In fold 2, sums count the values that are not numbers, distinct values of an attribute tell a number from its text, and
    /// the plain rows of a view with a zone have local times.
    private var foldNumber: Int {
        if zone != .utc { return 2 }
        let isSecond = measures.contains { measure in
            switch measure.kind {
            case .sum, .product: true
            case .distinct(let field): field.place == .attribute
            case .count, .min, .max, .last, .quantiles, .topK, .combinations: false
            }
        }
        return isSecond ? 2 : 1
    }
}

extension Sequence<AnyView> {
    /// The views by what they may be stored under; the first of several with the same identity.
    public var byStoredIdentity: [String: AnyView] {
        Dictionary(flatMap { view in view.storedIdentities.map { ($0, view) } }, uniquingKeysWith: { first, _ in first })
    }
}

extension AnyView {
    /// What it may be stored under, as hexadecimal digits: the identity of its cells, and that of an earlier fold. Two hashes of
    /// the definition: ask once, not for each stored view.
    public var storedIdentities: Set<String> { ["\(cellFingerprint)", "\(fingerprint)"] }

    /// Identifies what is stored of it.
    public var cellFingerprint: SHA256Digest {
        switch self {
        case .mergeable(let view): view.cellFingerprint
        case .sequential(let view): view.fingerprint
        }
    }
}
