import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

/// Registrations are source: they survive what is done to `views/`.
@Suite struct RegistrationTests {
    private static let views: [ViewDefinition] = [.volume]

    private static func registered(_ projectors: [String]) async throws -> TestLog {
        let log = TestLog()
        try await log.append(50)
        for name in projectors { _ = try Projector.open(at: log.path, name: name, views: views).runHere() }
        return log
    }

    @Test func `a flipped bit in the registry drops no projector`() async throws {
        let log = try await Self.registered(["main", "other"])
        let path = log.path + "/views/registry"
        let bytes = try RealDisk().openFile(path).readAll(limit: 1 << 20)
        for bit in stride(from: 0, to: bytes.count * 8, by: 7) {
            var hurt = bytes
            hurt[bit / 8] ^= 1 << UInt8(bit % 8)
            try RealDisk().replace(path, with: hurt)
            // What a projector of a newer program wrote is not read at all.
            guard let found = try? Registry(at: log.path).projectors() else { continue }
            #expect(found.map(\.name) == ["main", "other"], "bit \(bit)")
        }
        try RealDisk().replace(path, with: [1, 2, 3])
        _ = try Projector.open(at: log.path, views: Self.views).runHere()
        #expect(try Registry(at: log.path).projectors().map(\.name) == ["main", "other"])
        #expect(try LogReader.open(at: log.path).projectors() == ["main", "other"])
    }

    @Test func `projectors of a registry of before stand in the log after the next run`() async throws {
        let log = try await Self.registered(["main", "other"])
        for name in ["main", "other"] { _ = try LogProjectors.forget(name, at: log.path) }
        #expect(try LogReader.open(at: log.path).projectors().isEmpty)
        #expect(try Registry(at: log.path).projectors().map(\.name) == ["main", "other"])
        _ = try Projector.open(at: log.path, views: Self.views).runHere()
        #expect(try LogReader.open(at: log.path).projectors() == ["main", "other"])
    }

    @Test(arguments: [false, true])
    func `after views were deleted, or in a restored backup, retention refuses to let events go`(restored: Bool) async throws {
        let log = try await Self.registered(["main"])
        var path = log.path
        if restored {
            path = log.path + "-restored"
            _ = try LogBackup.restore(log.path, to: path)
        } else {
            removeTree(log.path + "/views")
        }
        defer { if restored { removeTree(path) } }
        _ = try LogMaintenance.sealActive(at: path)
        var request = RetentionRequest(limit: 0)
        request.now = Timestamp(nanoseconds: .max)
        request.isConfirmed = true
        let bases = BaseBuilder(at: path, known: Self.views.map { .mergeable($0) }).bases
        do {
            let maintenance = try LogMaintenance.open(at: path)
            let keepers: [((BaseRequest) throws -> [BaseBlob])?] = [bases, nil]
            for keeper in keepers {
                let error = #expect(throws: LogError.self) { try maintenance.retain(request, bases: keeper) }
                #expect(error?.code == .refused)
            }
        }
        #expect(try LogReader.open(at: path).retained() == Offset(0))
        _ = try Projector.open(at: path, views: Self.views).runHere()
        #expect(try LogMaintenance.open(at: path).retain(request, bases: bases).retained == 50)
        #expect(try !LogReader.open(at: path).baseNames().names.isEmpty)
    }
}
