import Testing
import VarvePromQL

/// Operators between vectors, and aggregations.
struct OperatorTests {
    static var loaded: LoadedSeries {
        LoadedSeries(
            #"r{job="a",code="200"} 10 20"#, #"r{job="a",code="500"} 1 2"#, #"r{job="b",code="200"} 4 _"#, #"t{job="a"} 2 4"#,
            #"t{job="b"} 2 2"#, #"i{job="a",version="7"} 1 1"#, #"u{job="b"} 7 8"#, every: 60)
    }

    private func values(_ query: String, at seconds: Double = 0) throws -> [String] {
        try Self.loaded.answer(query, at: seconds).sorted()
    }

    @Test func `series of the same labels meet`() throws {
        #expect(try values("t + t") == [#"{job="a"} 4"#, #"{job="b"} 4"#])
        #expect(try values(#"r{code="200"} / ignoring (code) t"#) == [#"{job="a"} 5"#, #"{job="b"} 2"#])
        #expect(try values(#"r{code="500"} / on (job) t"#) == [#"{job="a"} 0.5"#])
        #expect(try values("t atan2 t").count == 2)
        #expect(try values("r + t").isEmpty)
    }

    @Test func `many meet one, and take labels over`() throws {
        #expect(
            try values("r * on (job) group_left (version) i") == [
                #"{code="200", job="a", version="7"} 10"#, #"{code="500", job="a", version="7"} 1"#,
            ])
        #expect(try values("t / on (job) group_right r").count == 3)
        #expect(try values(#"t{job="a"} - on (job) group_right r{code="500"}"#) == [#"{code="500", job="a"} 1"#])
    }

    @Test(arguments: [
        (
            "t + on (job) r",
            "found duplicate series for the match group {job=\"a\"} on the right hand-side of the operation: "
                + #"[{__name__="r", code="500", job="a"}, {__name__="r", code="200", job="a"}];many-to-many matching not "#
                + "allowed: matching labels must be unique on one side"
        ),
        ("r + on (job) t", "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"),
        ("r * on (job) group_left (code) t", "multiple matches for labels: grouping labels must ensure unique matches"),
        (#"-{job="b",code=""}"#, "vector cannot contain metrics with the same labelset"),
        (#"rate({job="b",code=""}[5m])"#, "vector cannot contain metrics with the same labelset"),
        ("topk(NaN, t)", "Scalar value NaN overflows int64"), (#"count_values("1", t)"#, "invalid label name \"1\""),
    ])
    func `what has no clear answer is refused in Prometheus' words`(query: String, message: String) throws {
        let error = #expect(throws: PromQLError.self) { try values(query, at: 60) }
        #expect(error?.code == .execution && error?.message == message)
    }

    @Test func `comparisons keep or yield one and zero`() throws {
        #expect(try values("r > 4") == [#"{__name__="r", code="200", job="a"} 10"#])
        #expect(try values("4 < r") == [#"{__name__="r", code="200", job="a"} 10"#])
        #expect(try values("t == bool 2") == [#"{job="a"} 1"#, #"{job="b"} 1"#])
        #expect(try values(#"r{code="200"} > on (job) t"#).count == 2)
        #expect(try values("1 > bool 2") == ["0"])
        #expect(try values("vector(NaN) != NaN") == ["{} NaN"])
    }

    @Test func `sets look at signatures step by step`() throws {
        #expect(try values("t and on (job) i") == [#"{__name__="t", job="a"} 2"#])
        #expect(try values("t unless on (job) i") == [#"{__name__="t", job="b"} 2"#])
        #expect(try values("i or on (job) t").count == 2)
        let steps = try Self.loaded.answer(#"t and on (job) (r{code="200"} > 5)"#, from: 0, to: 120, step: 60)
        #expect(steps == [#"{__name__="t", job="a"} 2@0 4@60 4@120"#])
        let others = try Self.loaded.answer(#"(t > 2) or t"#, from: 0, to: 60, step: 60)
        #expect(others == [#"{__name__="t", job="a"} 2@0 4@60"#, #"{__name__="t", job="b"} 2@0 2@60"#])
    }

    @Test(arguments: [
        ("sum(r)", ["{} 15"]), ("avg(r)", ["{} 5"]), ("min(r)", ["{} 1"]), ("max(r)", ["{} 10"]), ("count(r)", ["{} 3"]),
        ("group(r)", ["{} 1"]), ("stdvar(r)", ["{} 14"]), ("quantile(0.5, r)", ["{} 4"]),
        ("sum by (job) (r)", [#"{job="a"} 11"#, #"{job="b"} 4"#]),
        ("sum without (code) (r)", [#"{job="a"} 11"#, #"{job="b"} 4"#]),
        ("sum by (job, none) (r)", [#"{job="a"} 11"#, #"{job="b"} 4"#]), ("sum(nothing)", []),
        ("topk(1, r)", [#"{__name__="r", code="200", job="a"} 10"#]),
        ("bottomk(1, r)", [#"{__name__="r", code="500", job="a"} 1"#]),
        ("topk by (code) (1, r)", [#"{__name__="r", code="200", job="a"} 10"#, #"{__name__="r", code="500", job="a"} 1"#]),
        ("topk(0, r)", []), (#"count_values("v", t)"#, [#"{v="2"} 2"#]),
        (#"count_values by (job) ("v", t)"#, [#"{job="a", v="2"} 1"#, #"{job="b", v="2"} 1"#]),
    ])
    func `aggregations`(query: String, expected: [String]) throws {
        #expect(try values(query) == expected)
    }

    @Test func `a step without a member has no total`() throws {
        #expect(
            try Self.loaded.answer("sum by (code) (r) > 1", from: 300, to: 420, step: 60) == [
                #"{code="200"} 24@300 20@360"#, #"{code="500"} 2@300 2@360"#,
            ])
    }

    @Test func `no number and infinities are added as Prometheus adds them`() throws {
        let odd = LoadedSeries(#"m{i="1"} Inf NaN"#, #"m{i="2"} 1 5"#, #"m{i="3"} -Inf 7"#, every: 60)
        #expect(try odd.answer("avg(m)", at: 0) == ["{} NaN"])
        #expect(try odd.answer(#"avg(m{i!="3"})"#, at: 0) == ["{} +Inf"])
        #expect(try odd.answer("max(m)", at: 60) == ["{} 7"])
        #expect(try odd.answer("min(m)", at: 60) == ["{} 5"])
        #expect(try odd.answer("quantile(0, m)", at: 60) == ["{} NaN"])
    }
}
