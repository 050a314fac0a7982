"""Planted bugs in maintenance, copies, and what is rebuilt: as in mutants.py."""

LOG = "Sources/VarveLog/"

MAINTENANCE = [
    ("a segment with a damaged footer is none of a rebuilt log", LOG + "Recovery/RebuiltSegment.swift",
     "!walk.frames.isEmpty, wasSealed ||", "walk.frames.isEmpty, wasSealed ||"),
    ("a rebuilt manifest lets leftovers be removed", LOG + "Maintenance/LogMaintenance.swift",
     "guard !manifest.isRebuilt else { return }", "guard !manifest.isRebuilt || manifest.epoch > 0 else { return }"),
    ("a file is believed for its name", LOG + "Segment/SegmentClaim.swift",
     "return claim == .ours || claim == .unreadable", "return claim != nil || first > end"),
    ("a copy forgets whose appends it has", LOG + "Segment/FrameRewriter.swift",
     "guard let cut, entry.isPart(of: cut) else { return entry }",
     "guard let cut, entry.isPart(of: cut) else { return AppendEntry(producer: 0, epoch: 0, sequence: 0, rows: entry.rows) }"),
    ("an append that a restore cuts is a retry", LOG + "Maintenance/TailCopy.swift",
     "if row < batch.rowCount, row + Int(entry.rows) > batch.rowCount { return entry }",
     "if row < batch.rowCount, row + Int(entry.rows) > batch.rowCount { return nil }"),
    ("known losses stop a copy", LOG + "Maintenance/TailCopy.swift",
     "first(where: { $0.offsets.contains(position) })", "first(where: { $0.offsets.contains(position) && position == 1 })"),
    ("a registration drops the others", LOG + "Manifest/LogProjectors.swift",
     "manifest.projectors = all.sorted { ", "manifest.projectors = names.sorted { "),
    ("retention goes on without the states of registered views", LOG + "Retention/LogMaintenance+Retention.swift",
     "if previous.blobs.isEmpty, keeper.manifest.projectors.isEmpty { return nil }",
     "if previous.blobs.isEmpty { return nil }"),
    ("one copy of the manifest that cannot be read is both", LOG + "Manifest/ManifestFiles.swift",
     "                unread = error\n", "                unread = error\n                if best == nil { throw error }\n"),
    ("the reserve is not given up", LOG + "Retention/Reserve.swift",
     "guard (try? disk.kind(paths.reserve)) == .file else { return false }",
     "guard (try? disk.kind(paths.reserve)) == .directory else { return false }"),
    ("view states do not say where a log without segments goes on", LOG + "Recovery/RebuiltStore.swift",
     "var manifest = try fromBase(disk, paths)\n",
     "var manifest = try fromBase(disk, paths).flatMap { $0.epoch > 0 ? $0 : nil }\n"),
]
