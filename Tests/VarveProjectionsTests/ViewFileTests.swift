import Testing
import VarveCatalog
import VarveEvents
import VarveProjections
import VarveSettings

/// Views from YAML.
struct ViewFileTests {
    @Test func `a view file makes the same definition as the builder`() throws {
        let read = try ViewDefinition(yaml: """
            name: checkout
            version: 2
            signals: [checkout.done, "retry.*"]
            where:
              all:
                - {field: duration_ms, ">": 0}
                - not: {field: component, in: [Debug, 7]}
                - any: [{exists: user}, {field: path, prefix: /api/}]
            buckets: [hour, day]
            dimensions:
              - component
              - {field: status, name: class, transform: status_class}
              - {field: data.user, name: initial, prefix: 1}
              - {field: bytes, ranges: [{name: small, below: 1.5}, {name: large}]}
            measures:
              events: count
              failed: {count: {field: status, ">=": 500}, where: {field: ok, "=": false}}
              sent: {sum: bytes}
              users: {distinct: user}
              paths: {top: path, k: 3}
              last_version: {last: version}
              duration: {quantiles: duration_ms, columns: {n: count, p95_ms: 0.95}}
            derived:
              failure_rate: {ratio: failed, over: [events, n]}
              mean_bytes: {mean: sent}
              per_second: {rate_per_second: events}
            budget: 50
            """, file: "checkout.yaml")
        let built = ViewDefinition("checkout", version: 2) {
            SignalFilter("checkout.done", prefixes: ["retry."])
            Condition.all([
                .compare(Field("duration_ms"), .greater, .int64(0)),
                .not(.isIn(Field("component"), [.string("Debug"), .int64(7)])),
                .any([.exists(Field("user")), .hasPrefix(Field("path"), "/api/")]),
            ])
            Buckets(.hour, .day)
            Dimension("component")
            Dimension("status", name: "class", .statusClass)
            Dimension("data.user", name: "initial", .prefix(1))
            Dimension("bytes", .ranges([ValueRange("small", below: 1.5), ValueRange("large", below: nil)]))
            Measure.count(
                "events")
            Measure.count("failed", when: .all([
                .compare(Field("status"), .greaterOrEqual, .int64(500)), .compare(Field("ok"), .equal, .bool(false)),
            ]))
            Measure.sum("sent", of: "bytes")
            Measure.distinct("users", of: "user")
            Measure.topK("paths", of: "path", 3)
            Measure.last("last_version", of: "version")
            Measure("duration", .quantiles(Field("duration_ms"), [
                StatisticColumn("n", .count), StatisticColumn("p95_ms", .quantile(millionths: 950_000)),
            ]))
            DerivedColumn.ratio("failure_rate", of: "failed", over: "events", "n")
            DerivedColumn.mean("mean_bytes", of: "sent")
            DerivedColumn.ratePerSecond("per_second", of: "events")
            Budget(50)
        }
        #expect(read == built)
        #expect(read.fingerprint == built.fingerprint)
    }

    @Test(arguments: [
        ("measures: {n: count}", SettingsError.Code.missingKey, 1),
        ("name: a\nmeasures: {}", .badValue, 2),
        ("name: Big\nmeasures: {n: count}", .badValue, 1),
        ("name: a\ncolour: red\nmeasures: {n: count}", .unknownKey, 2),
        ("name: a\nmeasures: {n: counts}", .badValue, 2),
        ("name: a\nmeasures:\n  n: {sum: x, max: y}", .badValue, 3),
        ("name: a\nmeasures:\n  n: {sum: x, k: 3}", .badValue, 3),
        ("name: a\nmeasures:\n  q: {quantiles: x, columns: {p: 95}}", .badValue, 3),
        ("name: a\nmeasures: {n: count}\nderived: {r: {ratio: n, over: m}}", .badValue, 3),
        ("name: a\nmeasures: {n: count}\nderived: {r: {mean: n}}", .badValue, 3),
        ("name: a\ndimensions: [n]\nmeasures: {n: count}", .badValue, 1),
        ("name: a\nbuckets: [week]\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nzone: Europe/Berlin\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nsignals: ['*']\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nbudget: 0\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nwhere: {field: x}\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nwhere: {field: x, '=': 1, '<': 2}\nmeasures: {n: count}", .badValue, 2),
        ("name: a\nwhere: {all: []}\nmeasures: {n: count}", .badValue, 2),
        ("name: a\ndimensions:\n  - {field: x, ranges: [{name: b}, {name: c, below: 2}]}\nmeasures: {n: count}", .badValue, 3),
    ])
    func `a mistake in a view file is an error at its line`(text: String, code: SettingsError.Code, line: Int) {
        let error = #expect(throws: SettingsError.self) { try ViewDefinition(yaml: text, file: "v.yaml") }
        #expect(error?.code == code)
        #expect(error?.line == line)
    }
}
