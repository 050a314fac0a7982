// `snapshots/<fingerprint>-<offset>.snapshot`: the state of a sequential projection at the end of a sealed segment.
// Little-endian (docs/format/segment-states.md).
//
//     ┌──────┬─────────────┬────────────┬───────────────────┬──────────────┬────────────────────────────────┬──────────┐
//     │ VSNP │ version u32 │ offset u64 │ complete from u64 │ segments u64 │ segments × (end u64 │ hash 32) │ XXH3 u64 │
//     └──────┴─────────────┴────────────┴───────────────────┴──────────────┴────────────────────────────────┴──────────┘
//     then the state's canonical bytes; the XXH3-64 covers everything before and after it
//
// The segments are those that the state was folded from. As long as the remaining ones have the same content hashes and no
// damage, the snapshot equals the result of a fold. Otherwise it is skipped, and an older one from before the change is used.
// All snapshots may be deleted at any time.

internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// The snapshots of a data directory.
struct Snapshots: Sendable {
    private let disk: any Disk
    private let directory: String
    /// The most bytes that all snapshots together may have; the most closely spaced ones are removed first.
    let bytesMax: UInt64

    private static let magic: UInt32 = 0x504E_5356
    private static let version: UInt32 = 1
    private static let suffix = ".snapshot"

    init(at data: String, disk: any Disk, bytesMax: UInt64 = 256 << 20) {
        self.disk = disk
        directory = ViewPaths(data).snapshots
        self.bytesMax = bytesMax
    }

    private struct Name {
        var text: String
        var fingerprint: String
        var offset: UInt64

        init?(_ text: String) {
            guard text.hasSuffix(Snapshots.suffix) else { return nil }
            let parts = text.dropLast(Snapshots.suffix.count).split(separator: "-")
            guard parts.count == 2, let offset = UInt64(parts[1]) else { return nil }
            (self.text, fingerprint, self.offset) = (text, String(parts[0]), offset)
        }
    }

    private func names() -> [Name] {
        ((try? disk.list(directory)) ?? []).compactMap { Name($0) }.sorted { $0.offset < $1.offset }
    }

    /// The newest valid snapshot at or below `end`, given the log's current segments; `retained` is R.
    func newest(
        of projection: any SequentialProjection, upTo end: Offset, _ segments: [SegmentInfo], from retained: Offset
    ) -> SequentialResult? {
        let fingerprint = "\(projection.fingerprint)"
        for name in names().reversed() where name.fingerprint == fingerprint && name.offset <= end.value {
            if let found = load(name, projection, segments, retained) { return found }
        }
        return nil
    }

    private func load(
        _ name: Name, _ projection: any SequentialProjection, _ segments: [SegmentInfo], _ retained: Offset
    ) -> SequentialResult? {
        guard let bytes = try? disk.openFile(directory + "/" + name.text).readAll(limit: Int(bytesMax)) else { return nil }
        var reader = StateReader(bytes)
        var known: [UInt64: [UInt8]] = [:]
        guard (try? reader.fixed(UInt32.self)) == Self.magic, (try? reader.fixed(UInt32.self)) == Self.version,
            (try? reader.fixed(UInt64.self)) == name.offset, let completeFrom = try? reader.fixed(UInt64.self),
            let count = try? reader.fixed(UInt64.self), count <= UInt64(bytes.count / 40)
        else { return nil }
        for index in 0..<Int(count) {
            let start = 32 + index * 40
            guard start + 40 <= bytes.count else { return nil }
            let end = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
            known[end] = Array(bytes[(start + 8)..<(start + 40)])
        }
        let head = 32 + Int(count) * 40
        guard head + 8 <= bytes.count else { return nil }
        let stored = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: head, as: UInt64.self)) }
        let state = Array(bytes[(head + 8)...])
        guard stored == Self.hash(Array(bytes[..<head]), state) else { return nil }
        for segment in segments where segment.endOffset.value <= name.offset {
            guard segment.damaged.isEmpty, let content = segment.contentHash, known[segment.endOffset.value] == content.bytes
            else { return nil }
        }
        // A segment that the state was folded from has been lost since, so the snapshot is not valid.
        let ends = Set(segments.map(\.endOffset.value))
        guard known.keys.allSatisfy({ $0 <= retained.value || ends.contains($0) }) else { return nil }
        guard segments.contains(where: { $0.endOffset.value == name.offset }),
            let restored = try? SequentialState(canonicalBytes: state, projection: projection)
        else { return nil }
        return SequentialResult(state: restored, completeFrom: Offset(completeFrom), start: Offset(name.offset))
    }

    /// Saves the states at the end of a segment. Failure is ignored, because snapshots are derived.
    func save(_ states: [SequentialResult], at offset: Offset, _ segments: [SegmentInfo]) {
        let below = segments.filter { $0.endOffset <= offset }
        guard (try? disk.makeDirectory(directory)) != nil,
            below.allSatisfy({ $0.contentHash != nil && $0.damaged.isEmpty })
        else { return }
        for state in states where state.start < offset {
            var head = StateWriter()
            head.fixed(Self.magic)
            head.fixed(Self.version)
            head.fixed(offset.value)
            head.fixed(state.completeFrom.value)
            head.fixed(UInt64(below.count))
            for segment in below {
                head.fixed(segment.endOffset.value)
                for byte in segment.contentHash?.bytes ?? [] { head.fixed(byte) }
            }
            let body = state.state.canonicalBytes()
            let hash = Self.hash(head.bytes, body)
            head.fixed(hash)
            let name = "\(state.state.projection.fingerprint)-\(offset.value.zeroPadded(20))\(Self.suffix)"
            try? disk.replaceUnsynced(directory + "/" + name, with: head.bytes + body)
        }
        thin(from: segments.first?.firstOffset.value ?? 0)
    }

    private static func hash(_ head: [UInt8], _ body: [UInt8]) -> UInt64 {
        let first = head.withUnsafeBytes { XXH3.hash64($0) }
        return body.withUnsafeBytes { XXH3.hash64($0, seed: first) }
    }

    /// Removes snapshots below R, and while there is too much, the one with the closest neighbours.
    private func thin(from retained: UInt64) {
        for name in names() where name.offset < retained { try? disk.remove(directory + "/" + name.text) }
        var sizes = names().map { ($0, (try? disk.openFile(directory + "/" + $0.text).size()) ?? 0) }
        while sizes.reduce(0, { $0 + $1.1 }) > bytesMax {
            var best: (index: Int, distance: UInt64)?
            for (index, (name, _)) in sizes.enumerated() {
                let own = sizes.map(\.0).filter { $0.fingerprint == name.fingerprint }.map(\.offset)
                guard let next = own.first(where: { $0 > name.offset }) else { continue }
                let distance = next - (own.last { $0 < name.offset } ?? 0)
                if best.map({ distance < $0.distance }) ?? true { best = (index, distance) }
            }
            let index = best?.index ?? 0
            try? disk.remove(directory + "/" + sizes[index].0.text)
            sizes.remove(at: index)
        }
    }
}
