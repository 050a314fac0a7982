// The base of a view: its state at R, as stored in the log's `log/base` (docs/format/state.md). Little-endian.
//
//     ┌──────┬─────────────┬─────────┬──────┬────────────────┬─────────┬───────┬───────────────────┬─────────────┬─────────────┐
//     │ VBAS │ version u16 │ kind u8 │ 0 u8 │ fingerprint 32 │ form 32 │ R u64 │ complete from u64 │ version i64 │ name: block │
//     └──────┴─────────────┴─────────┴──────┴────────────────┴─────────┴───────┴───────────────────┴─────────────┴─────────────┘
//     then the state's canonical bytes, at its permanent level
//
// `complete from` is the first offset that the state covers: 0 for a view that existed from the beginning.

internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// One view's base.
struct BaseBytes: Hashable, Sendable {
    enum Kind: UInt8 {
        case mergeable = 1
        case sequential = 2
    }

    var kind: Kind
    var fingerprint: [UInt8]
    var form: [UInt8]
    var boundary: Offset
    var completeFrom: Offset
    var version: Int
    var name: String
    var state: [UInt8]

    private static let magic: UInt32 = 0x5341_4256
    private static let format: UInt16 = 1

    init(_ state: ViewState, at boundary: Offset, completeFrom: Offset) {
        let view = state.definition
        kind = .mergeable
        (fingerprint, form) = (view.fingerprint.bytes, view.form.bytes)
        (self.boundary, self.completeFrom) = (boundary, completeFrom)
        (version, name) = (view.version, view.name)
        self.state = state.canonicalBytes()
    }

    init(_ state: SequentialState, at boundary: Offset, completeFrom: Offset) {
        let view = state.projection
        kind = .sequential
        (fingerprint, form) = (view.fingerprint.bytes, view.fingerprint.bytes)
        (self.boundary, self.completeFrom) = (boundary, completeFrom)
        (version, name) = (view.version, view.name)
        self.state = state.canonicalBytes()
    }

    /// A name that is unique among the views of a log.
    static func blobName(_ name: String, _ version: Int, _ fingerprint: SHA256Digest) -> String {
        "\(name).\(version).\("\(fingerprint)".prefix(16))"
    }

    var blobName: String {
        SHA256Digest(bytes: fingerprint).map { Self.blobName(name, version, $0) } ?? name
    }

    /// Whether `view` is the current definition of the view that this base belongs to.
    func isFormer(of view: any SequentialProjection) -> Bool {
        guard kind == .sequential, name == view.name else { return false }
        if version == view.version { return view.former.contains { $0.bytes == fingerprint } }
        return view.continues.map { $0 <= version && version < view.version } ?? false
    }

    /// The fingerprint of the view in `known` that continues this base.
    func successor(_ known: [AnyView]) -> [UInt8]? {
        known.first { view in
            switch view {
            case .sequential(let view): isFormer(of: view)
            case .mergeable(let view): isFormer(of: view)
            }
        }?.fingerprint.bytes
    }

    /// The same for a mergeable view. If another version continues this one, its own definition may be known as well.
    private func isFormer(of view: ViewDefinition) -> Bool {
        guard kind == .mergeable, name == view.name else { return false }
        if version == view.version { return view.former.contains { $0.bytes == fingerprint } }
        return version == view.continues && form == view.form.bytes
    }

    var bytes: [UInt8] {
        var out = StateWriter()
        out.fixed(Self.magic)
        out.fixed(Self.format)
        out.fixed(kind.rawValue)
        out.fixed(UInt8(0))
        for byte in fingerprint + form { out.fixed(byte) }
        out.fixed(boundary.value)
        out.fixed(completeFrom.value)
        out.fixed(Int64(version))
        out.block(Array(name.utf8))
        return out.bytes + state
    }

    init(_ bytes: [UInt8]) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.fixed(UInt32.self) == Self.magic, try reader.fixed(UInt16.self) == Self.format,
            let kind = Kind(rawValue: try reader.fixed(UInt8.self)), try reader.fixed(UInt8.self) == 0
        else { throw reader.fail("it is not a base of version \(Self.format)") }
        self.kind = kind
        fingerprint = try Self.take(32, &reader)
        form = try Self.take(32, &reader)
        boundary = Offset(try reader.fixed(UInt64.self))
        completeFrom = Offset(try reader.fixed(UInt64.self))
        guard let version = Int(exactly: try reader.fixed(Int64.self)) else { throw reader.fail("a version out of range") }
        self.version = version
        guard let name = String(validating: bytes[try reader.block()], as: UTF8.self) else {
            throw reader.fail("a name that is not UTF-8")
        }
        self.name = name
        state = Array(bytes[reader.position...])
    }

    private static func take(_ count: Int, _ reader: inout StateReader) throws(StateError) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes.append(try reader.fixed(UInt8.self)) }
        return bytes
    }
}
