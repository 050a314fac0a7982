import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// What a definition is, before anything is folded.
struct DefinitionTests {
    @Test func `the fixed names of the built-in views do not change`() {
        let columns = Dictionary(uniqueKeysWithValues: ViewDefinition.builtIn.map { view in
            (view.name, view.dimensions.map(\.name).joined(separator: ",") + "; " + view.columnNames.joined(separator: ","))
        })
        #expect(columns == [
            "rollback_rate": "component; started,rollbacks,rollback_rate",
            "latency": "component,signal; count,p50_ms,p95_ms,p99_ms,max_ms",
            "volume": "signal; events",
            "http_requests": "method,path,status; requests,bytes",
            "retry_success": "api_endpoint; attempts,successes,failures,retry_success",
            "active_users": "; users",
        ])
    }

    @Test func `every change of a definition changes its fingerprint`() {
        let view = ViewDefinition.rollbackRate
        var others: [ViewDefinition] = []
        func change(_ body: (inout ViewDefinition) -> Void) {
            var copy = view
            body(&copy)
            others.append(copy)
        }
        change { $0.name = "other" }
        change { $0.version = 2 }
        change { $0.signals.names.removeLast() }
        change { $0.signals.prefixes.append("x.") }
        change { $0.filter = .exists(Field("user")) }
        change { $0.levels = [.day] }
        change { $0.dimensions[0].transform = .lower }
        change { $0.dimensions[0].field = Field("data.component") }
        change { $0.measures.swapAt(0, 1) }
        change { $0.measures[0].condition = nil }
        change { $0.derived = [] }
        change { $0.budget = 10 }
        let prints = Set(others.map(\.fingerprint))
        #expect(prints.count == others.count)
        #expect(!prints.contains(view.fingerprint))
    }

    @Test func `the order in which signals are listed does not matter`() {
        var view = ViewDefinition.rollbackRate
        let before = view.fingerprint
        view.signals.names.reverse()
        #expect(view.fingerprint == before)
    }

    @Test(arguments: [
        ("signal", Field.Place.signal, "signal"), ("user", .envelope, "user"), ("data.user", .attribute, "user"),
        ("duration_ms", .attribute, "duration_ms"), ("data.", .attribute, "data."),
    ])
    func `an envelope name wins and data. forces the attribute`(text: String, place: Field.Place, name: String) {
        let field = Field(text)
        #expect(field.place == place)
        #expect(field.name == name)
        #expect(Field(field.description) == field)
    }

    @Test(arguments: [
        (BucketLevel.hour, Int64(0), Int64(0)), (.hour, 3_599_999_999_999, 0), (.hour, 3_600_000_000_000, 1), (.hour, -1, -1),
        (.day, -86_400_000_000_000, -1), (.day, -86_400_000_000_001, -2), (.minute, 60_000_000_000, 1), (.all, 77, 0),
    ])
    func `a time falls into the bucket that starts at or before it`(level: BucketLevel, time: Int64, bucket: Int64) {
        #expect(level.bucket(of: time) == bucket)
    }
}
