// A proof states what a view contained at an offset, in a form that anyone with the log can verify. If verification fails, it
// names the first segment that differs.

internal import Foundation
internal import VarveEvents
internal import VarveHash
internal import VarveLog
public import VarveProjections

/// What a view contained at one offset, and the segments it was computed from.
public struct Proof: Hashable, Sendable, Codable {
    /// The format version of this structure.
    public var proof: Int
    public var view: String
    public var version: Int
    public var fingerprint: String
    /// N: the view covers the events below this offset.
    public var offset: UInt64
    /// R: the events below had been removed.
    public var retained: UInt64
    /// The hash of the view's state at R; null while nothing has been removed.
    public var base: String?
    public var viewHash: String
    public var segments: [ProvenSegment]

    enum CodingKeys: String, CodingKey {
        case proof, view, version, fingerprint, offset, retained, base, segments
        case viewHash = "view_hash"
    }

    /// The proof as one line of JSON with sorted keys.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("the proof of \(view) cannot be encoded as JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    /// Parses a proof from JSON.
    public init(json: String) throws(ViewError) {
        do {
            self = try JSONDecoder().decode(Proof.self, from: Data(json.utf8))
        } catch {
            throw ViewError(.damaged, "this is not a proof of a view: a field is missing, or it is not JSON")
        }
        guard proof == Self.format else {
            throw ViewError(.newerFormat, "the proof has format \(proof); this program reads \(Self.format)")
        }
    }

    init(
        _ definition: AnyView, offset: UInt64, retained: UInt64, base: SHA256Digest?, viewHash: String,
        segments: [ProvenSegment]
    ) {
        proof = Self.format
        view = definition.name
        version = definition.version
        fingerprint = "\(definition.fingerprint)"
        self.offset = offset
        self.retained = retained
        self.base = base.map { "\($0)" }
        self.viewHash = viewHash
        self.segments = segments
    }

    static let format = 1
}

extension ViewHistory {
    /// Creates a proof of a view at a prefix of the log.
    public func prove(_ definition: ViewDefinition, asOf moment: AsOf = .now) throws(ViewError) -> Proof {
        try prove(.mergeable(definition), asOf: moment)
    }

    /// The same for a view of either kind.
    public func prove(_ view: AnyView, asOf moment: AsOf = .now) throws(ViewError) -> Proof {
        let end = try checked(offset(moment))
        return try ViewBases.with(reader) { bases throws(ViewError) in
            _ = try bases.range(upTo: end)
            return switch view {
            case .mergeable(let definition): try prove(definition, upTo: end, bases)
            case .sequential(let projection): try prove(projection, upTo: end, bases)
            }
        }
    }

    private func prove(_ definition: ViewDefinition, upTo end: Offset, _ bases: ViewBases) throws(ViewError) -> Proof {
        var merged = try bases.state(of: definition).state
        var segments: [ProvenSegment] = []
        for part in try parts(below: end) {
            let state = try state(of: definition, part)
            segments.append(
                ProvenSegment(
                    first: part.range.lowerBound, end: part.range.upperBound, contentHash: part.content.map { "\($0)" },
                    stateHash: Self.hash(state)))
            merged.merge(state)
        }
        return Proof(
            .mergeable(definition), offset: end.value, retained: bases.boundary.value, base: try bases.hash(of: definition),
            viewHash: "\(merged.viewHash)", segments: segments)
    }

    private func prove(
        _ projection: any SequentialProjection, upTo end: Offset, _ bases: ViewBases
    ) throws(ViewError) -> Proof {
        let parts = try parts(below: end)
        var segments: [ProvenSegment] = []
        var index = 0
        let folded = try SequentialFold.run(
            reader, [projection], upTo: end, bases: bases, SequentialChoices(park: { _ in true })
        ) { states in
            let part = parts[index]
            index += 1
            segments.append(
                ProvenSegment(
                    first: part.range.lowerBound, end: part.range.upperBound, contentHash: part.content.map { "\($0)" },
                    stateHash: "\(states[0].state.viewHash)"))
        }
        return Proof(
            .sequential(projection), offset: end.value, retained: bases.boundary.value, base: try bases.hash(of: projection),
            viewHash: "\(folded.states[0].state.viewHash)", segments: segments)
    }

    /// Folds the whole log again and compares. Never uses the cache, whatever `usesCache` says.
    public func verify(_ proof: Proof, of definition: ViewDefinition) throws(ViewError) -> ProofFinding {
        try verify(proof, of: .mergeable(definition))
    }

    /// The same for a view of either kind. If retention has removed segments since, the remaining segments and the merged view
    /// are compared.
    public func verify(_ proof: Proof, of view: AnyView) throws(ViewError) -> ProofFinding {
        guard proof.fingerprint == "\(view.fingerprint)" else {
            return .differs(at: "the view \(view.name) has another definition here (fingerprint \(view.fingerprint))")
        }
        let fresh = ViewHistory(reader: reader, cache: nil, threads: threads, path: path)
        let found = try fresh.prove(view, asOf: .offset(Offset(proof.offset)))
        if found.retained < proof.retained {
            return .differs(at: "the log begins at offset \(found.retained), the proof at \(proof.retained)")
        }
        if found.retained == proof.retained, found.base != proof.base {
            return .differs(
                at: "the base at \(found.retained): its hash is \(found.base ?? "none"), in the proof \(proof.base ?? "none")")
        }
        // A segment that was active then and is sealed now has a content hash only now; its state must be equal all the same.
        let claims = Dictionary(proof.segments.map { ($0.first, $0) }) { first, _ in first }
        for segment in found.segments {
            let place = "segment \(segment.first) ..< \(segment.end)"
            guard let claim = claims[segment.first], claim.end == segment.end else {
                return .differs(at: "\(place) is not in the proof")
            }
            if let claimed = claim.contentHash, let content = segment.contentHash, claimed != content {
                return .differs(at: "\(place) holds other events: content hash \(content), in the proof \(claimed)")
            }
            if claim.stateHash != segment.stateHash {
                return .differs(at: "\(place) gives another state: \(segment.stateHash), in the proof \(claim.stateHash)")
            }
        }
        let left = proof.segments.filter { $0.first >= found.retained }
        guard found.segments.count == left.count else {
            return .differs(at: "the proof has \(left.count) segments, the log \(found.segments.count)")
        }
        guard found.viewHash == proof.viewHash else {
            return .differs(at: "the merged view: its hash is \(found.viewHash), in the proof \(proof.viewHash)")
        }
        return found.retained > proof.retained ? .attested(below: found.retained) : .holds
    }

    private func parts(below end: Offset) throws(ViewError) -> [FoldPart] {
        try typed(at: path) {
            try reader.segments().filter { $0.firstOffset < end }.map { segment in
                let isWhole = segment.endOffset <= end && segment.damaged.isEmpty
                return FoldPart(
                    range: segment.firstOffset.value..<min(segment.endOffset, end).value,
                    content: isWhole ? segment.contentHash : nil, rows: segment.rows)
            }
        }
    }

    private func state(of definition: ViewDefinition, _ part: FoldPart) throws(ViewError) -> ViewState {
        let folded = try ParallelFold.run(
            reader, FoldPlan([definition]), part.range, threads: threads, FoldChoices(cache: cache))
        guard let state = folded.states.state(of: definition) else {
            preconditionFailure("a plan of \(definition.name) without its state")
        }
        return state
    }

    private static func hash(_ state: ViewState) -> String {
        "\(state.canonicalBytes().withUnsafeBytes { SHA256Digest(of: $0) })"
    }
}
