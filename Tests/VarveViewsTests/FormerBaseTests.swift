import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

/// Bases that an earlier program wrote, of views that this one has in another form.
struct FormerBaseTests {
    private static func bases(_ base: BaseBytes, _ log: TestLog) throws -> ViewBases {
        ViewBases(BaseSet(boundary: base.boundary, blobs: [base.blobName: base.bytes]), try LogReader.open(at: log.path))
    }

    @Test func `a base whose least and greatest were doubles is the base of the same view today`() async throws {
        let log = TestLog(seed: 440)
        try await log.append(300)
        let view = ViewDefinition("extremes") {
            Dimension("component")
            Measure.count("events")
            Measure.max("most", of: "duration_ms")
        }
        let whole = try #require(log.expected([view]).state(of: view))
        var base = BaseBytes(whole, at: Offset(300), completeFrom: Offset(0))
        let old = try #require(view.former.first)
        base.fingerprint = old.bytes
        base.state.replaceSubrange(8..<40, with: old.bytes)
        let found = try Self.bases(base, log).state(of: view)
        #expect(found.state.canonicalBytes() == whole.canonicalBytes() && found.completeFrom == Offset(0))
        #expect(base.successor([.mergeable(.volume), .mergeable(view)]) == view.fingerprint.bytes)
        #expect(base.successor([.mergeable(.volume)]) == nil)
    }

    @Test func `things that were folded in the order of the log are taken over where events have expired`() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/states/golden_entities.v1.state")
        let golden = try [UInt8](Data(contentsOf: file))
        let log = TestLog(seed: 441)
        try await log.append(10)
        var view = EntityDefinition(
            "golden_entities", key: ["api_endpoint"],
            rules: [.opens("retry.attempt"), .closes("retry.success"), .updates("retry.failure", status: .named("failing"))],
            attributes: [.first("component"), .greatest("duration_ms")], transitionsKept: 4)
        var base = BaseBytes(SequentialState(view), at: Offset(400), completeFrom: Offset(0))
        base.fingerprint = Array(golden[8..<40])
        base.state = golden
        #expect(try Self.bases(base, log).state(of: view).state.entryCount == 5)
        #expect(base.successor([.sequential(view)]) == view.fingerprint.bytes)
        // A new version says which one it continues; another definition has nothing of it.
        view.version = 2
        #expect(try Self.bases(base, log).state(of: view).state.entryCount == 0)
        view.continues = 1
        let (state, completeFrom) = try Self.bases(base, log).state(of: view)
        #expect(state.entryCount == 5 && completeFrom == Offset(0))
        #expect(try state.rows().allSatisfy { $0["events"] == .int(60) })
        #expect(try Self.bases(base, log).hash(of: view) == state.canonicalBytes().withUnsafeBytes { SHA256Digest(of: $0) })
    }

    @Test func `every built-in view of things goes on from version 1`() {
        let things = Catalog.sequentialViews.compactMap { $0 as? EntityDefinition }
        #expect(things.count == 10)
        let third = ["incidents", "tech_debt", "documentation_gaps"]
        for view in things {
            #expect(view.version == (third.contains(view.name) ? 3 : 2) && view.continues == 1, "\(view.name)")
        }
    }

    @Test func `a version takes over the newest base from the version on that it continues`() async throws {
        let log = TestLog(seed: 442)
        try await log.append(10)
        func view(_ version: Int, _ continues: Int?) -> EntityDefinition {
            EntityDefinition(
                "things", version: version, key: ["thing"],
                rules: [.opens("thing.opened"), .closes("thing.closed"), .updates("thing.set", status: .field("status"))],
                continues: continues)
        }
        func base(_ version: Int, _ count: Int) throws -> BaseBytes {
            var builder = BatchBuilder()
            for number in 0..<count {
                builder.append(
                    Event(
                        time: Timestamp(nanoseconds: Int64(number)), signal: "thing.opened",
                        observed: Timestamp(nanoseconds: Int64(number)), attributes: [Attribute("thing", .int64(Int64(number)))]))
            }
            var state = SequentialState(view(version, nil))
            try state.fold(builder.finish())
            return BaseBytes(state, at: Offset(400), completeFrom: Offset(0))
        }
        let old = try [base(1, 1), base(2, 2)]
        func entries(_ bases: [BaseBytes], _ view: EntityDefinition) throws -> Int {
            let blobs = Dictionary(uniqueKeysWithValues: bases.map { ($0.blobName, $0.bytes) })
            let found = ViewBases(BaseSet(boundary: Offset(400), blobs: blobs), try LogReader.open(at: log.path))
            return try found.state(of: view).state.entryCount
        }
        #expect(try entries(old, view(3, 1)) == 2)
        #expect(try entries([old[0]], view(3, 1)) == 1)
        #expect(try entries([old[1]], view(3, 1)) == 2)
        #expect(try entries([old[0]], view(3, 2)) == 0)
        #expect(try entries(old, view(3, nil)) == 0)
        #expect(old[1].successor([.sequential(view(3, 1))]) == view(3, 1).fingerprint.bytes)
    }
}
