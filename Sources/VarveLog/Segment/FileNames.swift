// All file names of the log, in one place.
//
//     data/lock                       the writer's lock; pid and host inside
//     data/log/<first offset>.seg     segments, 20 decimal digits
//     data/log/durable                the watermark
//     data/log/manifest.a, .b         two copies
//     data/log/manifest.lock          held while the manifest is changed
//     data/log/maintenance.lock       held while sealed segments are rewritten or removed
//     data/log/<first offset>.seg.compact   a segment being rewritten; a leftover if maintenance.lock is free
//     data/log/retention              limit and clocks of the last retention, before version 4 of the manifest
//     data/log/reserve                space that a retention frees when the disk is full
//     data/log/base/<R>.base          view states at R, supplied by the views
//     data/log/kept/<first offset>.<revision>.kept   the events that retention has kept of segments
//     data/ids/<first>-<end>.run      hashes of the event ids of sealed segments; derived
//     data/ids/producers              the latest appends of each producer; derived
//     data/torn/ data/quarantine/     what recovery set aside
//     data/background-errors          background faults of the latest writer; a report

internal import VarveDisk
internal import VarveEvents

/// The paths of one store.
struct StorePaths: Sendable {
    let root: String

    init(_ root: String) {
        // `data/` and `data` are the same store; keep `/`.
        var root = root
        while root.utf8.count > 1, root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }

    var lock: String { root + "/lock" }
    var log: String { root + "/log" }
    var ids: String { root + "/ids" }
    var torn: String { root + "/torn" }
    var quarantine: String { root + "/quarantine" }
    var durable: String { log + "/durable" }
    var manifests: [String] { [log + "/manifest.a", log + "/manifest.b"] }

    var backgroundErrors: String { root + "/background-errors" }
    var producers: String { ids + "/producers" }
    var manifestLock: String { log + "/manifest.lock" }
    var maintenanceLock: String { log + "/maintenance.lock" }
    var retention: String { log + "/retention" }
    var reserve: String { log + "/reserve" }
    var bases: String { log + "/base" }

    func base(_ boundary: Offset) -> String { bases + "/" + Self.number(boundary) + Self.baseSuffix }
    var kept: String { log + "/kept" }
    func kept(_ record: SegmentRecord) -> String { kept + "/\(Self.number(record.first)).\(record.revision)" + Self.keptSuffix }
    func segment(_ first: Offset) -> String { log + "/" + Self.number(first) + Self.segmentSuffix }
    func idRun(_ offsets: Range<UInt64>) -> String {
        ids + "/" + Self.number(Offset(offsets.lowerBound)) + "-" + Self.number(Offset(offsets.upperBound)) + Self.idRunSuffix
    }

    static let segmentSuffix = ".seg"
    static let baseSuffix = ".base"
    static let keptSuffix = ".kept"
    static let idRunSuffix = ".run"
    /// The suffix of runs in an earlier format with one run per segment.
    static let formerRunSuffix = ".ids"
    /// Not `.tmp`, because a starting writer removes files with that suffix.
    static let compactSuffix = ".compact"

    /// The first offset of the segment file `name`; nil for any other file, and for a number beyond the largest offset.
    static func segmentStart(_ name: String) -> Offset? {
        guard name.utf8.count == 24, name.hasSuffix(segmentSuffix) else { return nil }
        return number(name.prefix(20)).map { Offset($0) }
    }

    /// The R of the base file `name`; nil for any other file.
    static func baseBorder(_ name: String) -> Offset? {
        guard name.utf8.count == 25, name.hasSuffix(baseSuffix) else { return nil }
        return number(name.prefix(20)).map { Offset($0) }
    }

    /// Whether `name` is the name of a kept segment.
    static func isKept(_ name: String) -> Bool {
        guard name.hasSuffix(keptSuffix) else { return false }
        let parts = name.dropLast(keptSuffix.count).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && number(parts[0]) != nil && UInt32(parts[1]) != nil
    }

    /// The final name of the file being written under the temporary name `temporary`; nil for any other name.
    static func beingWritten(_ temporary: String) -> String? {
        temporary.hasSuffix(temporarySuffix) ? String(temporary.dropLast(temporarySuffix.count)) : nil
    }

    /// The offsets of the id run file `name`; nil for any other file.
    static func idRunOffsets(_ name: String) -> Range<UInt64>? {
        let parts = name.dropLast(idRunSuffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard name.hasSuffix(idRunSuffix), parts.count == 2, let first = number(parts[0]), let end = number(parts[1]), first < end
        else { return nil }
        return first..<end
    }

    /// Parses exactly 20 digits.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.count == 20, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt64(text).flatMap { $0 <= Offset.limit.value ? $0 : nil }
    }

    private static func number(_ offset: Offset) -> String { offset.value.zeroPadded(20) }

    /// The last component of a path.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
