import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// State bytes come from disk: whatever they hold, reading them is an answer or an error.
struct DamageTests {
    static let states = MergeTests.folded(EventStreams.random(120, seed: 4), size: 50, plan: FoldPlan(MergeTests.views)).all

    @Test func `bytes that end early are an error`() {
        for state in Self.states {
            let bytes = state.canonicalBytes()
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
                #expect(throws: StateError.self) {
                    try ViewState(canonicalBytes: Array(bytes.prefix(length)), definition: state.definition)
                }
            }
            #expect(throws: StateError.self) { try ViewState(canonicalBytes: bytes + [0], definition: state.definition) }
        }
    }

    @Test(arguments: 1...4) func `flipped bits are an error or another canonical state`(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        for state in Self.states {
            let bytes = state.canonicalBytes()
            for _ in 0..<60 {
                var damaged = bytes
                damaged[Int.random(in: 0..<bytes.count, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
                guard let read = try? ViewState(canonicalBytes: damaged, definition: state.definition) else { continue }
                #expect(read.canonicalBytes() == damaged)
                _ = try? read.rows(ViewQuery(bucket: .all, by: []))
            }
        }
    }

    @Test func `a state of another definition is refused`() throws {
        var other = ViewDefinition.volume
        other.version = 2
        let bytes = try #require(Self.states.first { $0.definition.name == "volume" }).canonicalBytes()
        let error = #expect(throws: StateError.self) { try ViewState(canonicalBytes: bytes, definition: other) }
        #expect(error?.code == .otherDefinition)
    }

    @Test func `damaged cells are an error`() throws {
        for state in Self.states {
            guard var cell = state.cells().first else { continue }
            cell.state.removeLast()
            #expect(throws: StateError.self) { try ViewState(state.definition, level: state.level, cells: [cell]) }
        }
    }

    @Test func `a question about what is not there says what is`() throws {
        let state = try #require(Self.states.first { $0.definition.name == "latency" })
        let unknown = #expect(throws: QueryError.self) { try state.rows(ViewQuery(bucket: .hour, by: ["path"])) }
        #expect(unknown?.description == "View latency has no dimension path; it has component, signal.")
        #expect(throws: QueryError.self) { try state.rows(ViewQuery(bucket: .minute)) }
    }
}
