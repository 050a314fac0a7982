// What a file proves to be. Its name says where a segment would belong; only its content says that it does: a header, or a whole
// frame, that names this log and this first offset. Names come from anybody: a copy from another log, an empty file, a folder.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

enum SegmentClaim: Hashable {
    /// Its header, or a frame of it, is that of this log and this segment; or a newer program wrote it.
    case ours
    /// No header and no frame is readable: it was never begun, or nothing of it is left.
    case unproven
    /// It is that of another log or of another segment, or no plain file.
    case foreign
    /// The disk does not read it, so nothing is known.
    case unreadable

    /// Looks at the file of segment `first`; nil when there is none. Mostly its first 64 bytes are enough.
    ///
    /// - Parameter store: nil when it is not known which log this is: then that of the file itself.
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

    /// What the frames of a file without a readable header say.
    private static func frames(_ bytes: [UInt8], _ first: Offset, _ store: StoreID?) -> SegmentClaim {
        let walk = bytes.withUnsafeBytes { SegmentWalk($0, store: store, first: first) }
        if walk.isNewer || !walk.frames.isEmpty { return .ours }
        let others = bytes.withUnsafeBytes { FrameSearch.stores(in: $0) }
        return others.isEmpty ? .unproven : .foreign
    }
}

/// Frames of any log and segment in a file that has no header.
enum FrameSearch {
    /// The logs and segments of the frame headers in `raw`, in the order of their first frames.
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
    /// Of the segments that `names` speak of, those from `end` on that are of this log. What the disk does not read counts too:
    /// it is not to be passed over in silence.
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
