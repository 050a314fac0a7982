// Decides whether a file is a segment of this log. The name is only a claim; the content decides: a header, or an intact frame,
// with this log's id and this first offset. A file with a segment's name may be a copy from another log, empty, or a directory.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

enum SegmentClaim: Hashable {
    /// Its header or a frame belongs to this log and this segment, or a newer program wrote it.
    case ours
    /// No header and no frame is readable: it was never started, or its content is lost.
    case unproven
    /// It belongs to another log or another segment, or is not a regular file.
    case foreign
    /// The disk cannot read it, so nothing is known.
    case unreadable

    /// Classifies the file of segment `first`; nil when there is none. Usually its first 64 bytes are enough.
    ///
    /// - Parameter store: nil when the log's id is unknown; then any log's id is accepted.
    static func of(_ first: Offset, _ store: StoreID?, _ disk: any Disk, _ paths: StorePaths) -> SegmentClaim? {
        do throws(DiskError) {
            let file = try disk.openFile(paths.segment(first))
            let head = try file.read(SegmentHeader.size, at: 0)
            switch Self.header(head) {
            case .success(let header)?:
                return header.first == first && store ?? header.store == header.store ? .ours : .foreign
            case .failure(let error)? where error.code == .newerVersion: return .ours
            default: break
            }
            guard try file.size() <= UInt64(LogLimits.segmentBytes) else { return .foreign }
            return frames(try file.readAll(limit: LogLimits.segmentBytes), first, store)
        } catch {
            switch error.code {
            case .notFound: return nil
            case .wrongKind: return .foreign
            default: return .unreadable
            }
        }
    }

    static func header(_ head: [UInt8]) -> Result<SegmentHeader, FormatError>? {
        do {
            return .success(try head.withUnsafeBytes { try SegmentHeader(parsing: $0) })
        } catch {
            return (error as? FormatError).map { .failure($0) }
        }
    }

    /// Classifies a file without a readable header by its frames.
    private static func frames(_ bytes: [UInt8], _ first: Offset, _ store: StoreID?) -> SegmentClaim {
        let walk = bytes.withUnsafeBytes { SegmentWalk($0, store: store, first: first) }
        if walk.isNewer || !walk.frames.isEmpty { return .ours }
        let others = bytes.withUnsafeBytes { FrameSearch.stores(in: $0) }
        return others.isEmpty ? .unproven : .foreign
    }
}

/// Searches a file without a header for frames of any log and segment.
enum FrameSearch {
    /// The logs and segments named by frame headers in `raw`, in order of first occurrence.
    static func stores(in raw: UnsafeRawBufferPointer) -> [(store: StoreID, segment: Offset)] {
        var found: [(store: StoreID, segment: Offset)] = []
        var position = min(SegmentHeader.size, raw.count)
        while position + FrameHeader.fixedSize <= raw.count {
            if let header = try? FrameHeader(parsing: UnsafeRawBufferPointer(rebasing: raw[position...])) {
                let origin = (store: header.context.store, segment: header.context.segment)
                if !found.contains(where: { $0 == origin }) { found.append(origin) }
                position += max(8, header.frameSize)
            } else {
                position += 8
            }
        }
        return found
    }
}

extension LogLayout {
    /// Those of the segments `names`, from `end` on, that belong to this log. Segments that the disk cannot read are included,
    /// so that they are not silently ignored.
    static func proven(
        _ names: [Offset], from end: Offset, _ store: StoreID, _ disk: any Disk, _ paths: StorePaths
    ) -> [Offset] {
        names.filter { first in
            guard first >= end else { return false }
            let claim = SegmentClaim.of(first, store, disk, paths)
            return claim == .ours || claim == .unreadable
        }
    }
}
