// Verification reads every byte of every file of the log and checks it against what other bytes say about it. Changes nothing.

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Verifies a log; see `verify(at:)`.
public enum LogVerifier {
    /// Reads the log in the directory `path` from end to end: manifests, segments with their frames, checksums, chains,
    /// footers, file and content hashes, and the watermark. A writer may run meanwhile; bytes above the watermark are not
    /// checked.
    ///
    /// - Throws: `.noLog` and `.newerFormat`, and errors of the disk other than damage.
    public static func verify(at path: String, disk: any Disk = RealDisk()) throws(LogError) -> VerifyReport {
        try typed {
            var walk = VerifyWalk(disk, StorePaths(path))
            try walk.run()
            return walk.report
        }
    }
}

private struct VerifyWalk {
    private(set) var report = VerifyReport()
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) {
        self.disk = disk
        self.paths = paths
    }

    mutating func run() throws {
        let reader = try LogReader.open(at: paths.root, disk: disk)
        try checkManifests()
        let durable = try reader.provenDurable()
        try checkWatermark(reader)
        let layout = try LogLayout(disk, paths)
        var chain: UInt64?
        var next = layout.manifest.retained
        for record in layout.manifest.segments {
            if record.first > next {
                if layout.damage(in: next..<record.first).isEmpty {
                    add(paths.segment(next), 0..<0, next.value..<record.first.value, "no segment holds these offsets")
                }
                // The hash of the last frame before the gap is unknown.
                chain = nil
            }
            if let chain, chain != record.chainIn, record.chainIn != 0 {
                add(paths.segment(record.first), 0..<64, record.first.value..<record.first.value, "the chain is broken before it")
            }
            try checkSealed(record, layout.manifest.store)
            chain = record.chainOut
            next = record.end
        }
        try checkBases(layout.manifest)
        for record in layout.manifest.kept { try checkSealed(record, layout.manifest.store, kept: true) }
        for range in layout.manifest.damaged {
            add(paths.segment(range.segment), range.bytes, range.offsets, DamagedRange.knownDamage)
        }
        for (index, first) in layout.unsealed.enumerated() {
            let successor = index + 1 < layout.unsealed.count ? layout.unsealed[index + 1] : nil
            try checkActive(first, successor, durable, layout.manifest.store)
            next = successor ?? durable
        }
        if layout.unsealed.isEmpty, next < durable, layout.damage(in: next..<durable).isEmpty {
            add(paths.segment(next), 0..<0, next.value..<durable.value, "no segment holds these offsets")
        }
    }

    private mutating func add(_ file: String, _ bytes: Range<UInt64>, _ offsets: Range<UInt64>, _ reason: String) {
        report.faults.append(DamagedRange(file: file, bytes: bytes, offsets: offsets, reason: reason))
    }

    private mutating func checkManifests() throws {
        for path in paths.manifests {
            do {
                guard let bytes = try ManifestFiles.read(path, disk) else {
                    add(path, 0..<0, 0..<0, "this copy of the manifest is missing")
                    continue
                }
                do {
                    _ = try Manifest(parsing: bytes)
                } catch let error as FormatError {
                    add(path, 0..<UInt64(bytes.count), 0..<0, error.message)
                }
            } catch let error as FormatError {
                add(path, 0..<0, 0..<0, error.message)
            } catch let error as DiskError {
                add(path, 0..<0, 0..<0, "the disk cannot read this copy of the manifest: \(error)")
            }
        }
    }

    /// Checks every byte of the bases at R against the manifest.
    private mutating func checkBases(_ manifest: Manifest) throws {
        guard let base = manifest.base else { return }
        let path = paths.base(manifest.retained)
        guard try disk.kind(path) == .file else {
            if try LogLayout(disk, paths).manifest.retained > manifest.retained { return }
            return add(path, 0..<0, 0..<0, "the view states at offset \(manifest.retained) are missing")
        }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.baseBytes)
        report.bytes += UInt64(bytes.count)
        do {
            _ = try BaseFile.decode(bytes, manifest.store, at: manifest.retained)
            guard bytes.withUnsafeBytes({ SHA256Digest(of: $0) }) != base else { return }
            add(path, 0..<UInt64(bytes.count), 0..<0, "the SHA-256 of the view states is not the manifest's")
        } catch let error as FormatError {
            if error.code == .newerVersion { throw LogError(.newerFormat, "\(path): \(error.message)") }
            add(path, 0..<UInt64(bytes.count), 0..<0, error.message)
        }
    }

    private mutating func checkWatermark(_ reader: LogReader) throws {
        guard try disk.kind(paths.durable) != nil else {
            add(paths.durable, 0..<0, 0..<0, "the watermark is missing")
            return
        }
        if try Watermark.read(disk.openFile(paths.durable), reader.store) == nil {
            add(paths.durable, 0..<32, 0..<0, "the watermark is not readable")
        }
    }

    private mutating func checkSealed(_ record: SegmentRecord, _ store: StoreID, kept: Bool = false) throws {
        let path = kept ? paths.kept(record) : paths.segment(record.first)
        let all = all(record)
        guard try disk.kind(path) == .file else {
            // Retention may have removed it since the manifest was read.
            let now = try LogLayout(disk, paths).manifest
            if kept ? !now.kept.contains(record) : now.retained > record.first { return }
            add(path, 0..<0, all, "the segment is missing")
            return
        }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        report.segments += 1
        report.bytes += UInt64(bytes.count)
        let before = report.faults.count
        let contentHash = try bytes.withUnsafeBytes { try checkFrames($0, record, path, store) }
        guard report.faults.count == before else { return }
        if record.isDamaged {
            let isSame = bytes.withUnsafeBytes { SHA256Digest(of: $0) } == record.fileHash
            let none = record.first.value..<record.first.value
            if !isSame { add(path, 0..<UInt64(bytes.count), none, "the file's SHA-256 is not the manifest's") }
        } else if contentHash != record.contentHash {
            add(path, 0..<UInt64(bytes.count), all, "the content hash is not the manifest's")
        } else if bytes.withUnsafeBytes({ SHA256Digest(of: $0) }) != record.fileHash {
            // If it was rewritten and holds the same events, the manifest is only one step behind. Otherwise bytes outside the
            // frames differ.
            let isNext = bytes.withUnsafeBytes { RewriteCheck.successor(of: record, $0, store) } != nil
            let none = record.first.value..<record.first.value
            if !isNext { add(path, 0..<UInt64(bytes.count), none, "the file's SHA-256 is not the manifest's") }
        }
    }

    /// Walks and decodes the frames, and returns the content hash of the intact ones.
    private mutating func checkFrames(
        _ raw: UnsafeRawBufferPointer, _ record: SegmentRecord, _ path: String, _ store: StoreID
    ) throws -> SHA256Digest {
        let walk = SegmentWalk(raw, store: store, first: record.first, limit: record.end)
        if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
        if let fault = walk.headerFault { add(path, 0..<64, record.first.value..<record.first.value, fault.message) }
        if !record.isDamaged {
            for fault in walk.faults {
                add(path, UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound), fault.offsets, fault.reason)
            }
        }
        // After a damaged last frame the walk does not find the footer that recovery or repair wrote.
        if walk.footer == nil, !record.isDamaged || SegmentFooter(endOf: raw) == nil {
            let lost = record.isDamaged ? record.end.value : min(walk.end.value, record.end.value)
            let rest = UInt64(walk.tail.lowerBound)..<UInt64(raw.count)
            add(path, rest, lost..<record.end.value, "no readable footer; " + walk.tailReason)
        }
        if let footer = walk.footer, footer.revision == 0, footer.chainOut != walk.chain, !record.isDamaged {
            add(path, footer.start..<UInt64(raw.count), all(record), "the chain-out is not the last frame's hash")
        }
        var hasher = ContentHasher(first: record.first)
        for frame in walk.frames {
            report.frames += 1
            report.events += UInt64(frame.header.rowCount)
            do {
                let part = UnsafeRawBufferPointer(rebasing: raw[frame.range])
                hasher.add(try FrameDecoder.decode(part, frame.header, select: .all))
            } catch {
                add(
                    path, UInt64(frame.position)..<UInt64(frame.range.upperBound),
                    frame.header.firstOffset.value..<frame.header.endOffset.value, error.message)
            }
        }
        return hasher.finalize(end: record.end)
    }

    private func all(_ record: SegmentRecord) -> Range<UInt64> { record.first.value..<record.end.value }

    private mutating func checkActive(_ first: Offset, _ successor: Offset?, _ durable: Offset, _ store: StoreID) throws {
        let path = paths.segment(first)
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let end = min(successor ?? durable, durable)
        report.segments += 1
        report.bytes += UInt64(bytes.count)
        let assessment = SegmentAssessment(bytes, store: store, first: first, successor: successor, watermark: end)
        if assessment.facts.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
        if !assessment.facts.isOurs { add(path, 0..<64, first.value..<end.value, "the segment belongs to another log") }
        if !assessment.facts.hasContent, first < end { add(path, 0..<64, first.value..<end.value, "the segment is not readable") }
        guard assessment.facts.hasContent, assessment.facts.isOurs else { return }
        for fault in assessment.damaged {
            add(path, UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound), fault.offsets, fault.reason)
        }
        for frame in assessment.frames where frame.header.endOffset <= end {
            report.frames += 1
            report.events += UInt64(frame.header.rowCount)
        }
    }
}
