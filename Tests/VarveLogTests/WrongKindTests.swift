import Foundation
import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Something of another kind in the place of every file and folder of a log, on a real disk: a clear error or right answers, and
/// nothing that hangs.
@Suite struct WrongKindTests {
    enum Other: String, CaseIterable {
        case directory, dangling, linkToFile, linkToFolder, fifo, empty, missing

        func put(at url: URL, _ ground: URL) throws {
            let manager = FileManager.default
            let path = url.path(percentEncoded: false)
            // What stood there goes beside: a link may point to it.
            let aside = ground.appending(path: "aside")
            try? manager.moveItem(at: url, to: aside)
            switch self {
            case .directory: try manager.createDirectory(at: url, withIntermediateDirectories: false)
            case .dangling: try manager.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
            case .linkToFile: try manager.createSymbolicLink(at: url, withDestinationURL: aside)
            case .linkToFolder: try manager.createSymbolicLink(at: url, withDestinationURL: ground)
            case .fifo: mkfifo(path, 0o600)
            case .empty: try Data().write(to: url)
            case .missing: break
            }
        }
    }

    /// Three segments, the first of them gone into bases and kept events.
    private static func log(at path: String) throws {
        let options = LogFixture.options {
            $0.segmentRows = 6
            $0.rules = [RetentionRule(signals: "retry.success")]
        }
        let core = try LogCore(at: path, RealDisk(), options) { sealer in { try sealer.seal($0) } }
        for round in 0..<7 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        try core.finish()
        var request = RetentionRequest(limit: 0)
        request.now = Timestamp(nanoseconds: .max)
        request.isConfirmed = true
        request.hold = ProjectorHold(offset: 6, grace: .max)
        let maintenance = try LogMaintenance.open(at: path)
        _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1])] }
        Reserve(RealDisk(), StorePaths(path)).make(bytes: 4_096)
    }

    private static func names(below url: URL) -> [String] {
        let found = FileManager.default.enumerator(atPath: url.path(percentEncoded: false))
        return (found?.allObjects as? [String] ?? []).sorted()
    }

    @Test(arguments: Other.allCases)
    func `whatever stands in the place of a file is told, and stops nothing for ever`(other: Other) throws {
        let ground = FileManager.default.temporaryDirectory.appending(path: "varve-kinds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: ground, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: ground) }
        let model = ground.appending(path: "model")
        try Self.log(at: model.path(percentEncoded: false))
        let names = Self.names(below: model)
        #expect(names.count > 12, "\(names)")
        for (number, name) in names.enumerated() {
            let place = ground.appending(path: "\(number)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let data = place.appending(path: "data")
            try FileManager.default.copyItem(at: model, to: data)
            try other.put(at: data.appending(path: name), place)
            try Self.use(data.path(percentEncoded: false), "\(name) as \(other)", place)
        }
    }

    private static func use(_ path: String, _ context: String, _ place: URL) throws {
        for _ in 0..<2 {
            try expectRight(path, context)
            _ = try? LogVerifier.verify(at: path)
            _ = try? LogBackup.backup(path, to: place.appending(path: "copy").path(percentEncoded: false))
            let core = try? LogCore(at: path, RealDisk(), LogFixture.options()) { sealer in { try sealer.seal($0) } }
            _ = try? core?.append([LogFixture.batch(3, first: 18, ids: true)])
            try? core?.finish()
        }
        if let maintenance = try? LogMaintenance.open(at: path) {
            _ = try? maintenance.compact(maintenance.planCompaction())
            _ = try? maintenance.retain(RetentionRequest()) { _ in [] }
        }
        _ = try? LogRepair.repair(at: path, options: LogFixture.options())
        try expectRight(path, context)
    }

    /// All events that are not said to be damaged, or an error.
    private static func expectRight(_ path: String, _ context: String) throws {
        var (offsets, missing): ([UInt64], Set<UInt64>) = ([], [])
        guard let reader = try? LogReader.open(at: path) else { return }
        do {
            let first = try reader.retained().value
            let end = try reader.durable().value
            try reader.scan(first..<end, onDamage: { missing.formUnion($0.offsets) }) { batch in
                batch.forEachEvent { offset, _ in offsets.append(offset.value) }
            }
            #expect(offsets == (first..<end).filter { !missing.contains($0) }, "\(context)")
        } catch {
            return
        }
    }
}
