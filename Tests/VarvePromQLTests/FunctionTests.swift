import Testing
import VarvePromQL

/// Functions, on values worked out by hand.
struct FunctionTests {
    static var counter: LoadedSeries { LoadedSeries("c 0 10 20 5 15 25", every: 60) }

    @Test(arguments: [
        // The counter fell once, from 20: 25 - 0 + 20 over the 300 s between its samples, which are those of the window.
        ("increase(c[5m])", "45"), ("rate(c[5m])", "0.15000000000000002"), ("delta(c[5m])", "25"),
        ("irate(c[5m])", "0.16666666666666666"),
        ("idelta(c[5m])", "10"), ("resets(c[5m])", "1"), ("changes(c[5m])", "5"), ("resets(c[1m])", "0"),
        // Two samples 60 s apart in a window of 90 s: extrapolated to its start, which lies nearer than 66 s.
        ("increase(c[90s])", "15"), ("deriv(c[1m])", "0.16666666666666666"), ("predict_linear(c[1m], 60)", "35"),
        ("avg_over_time(c[2m])", "15"), ("sum_over_time(c[2m])", "45"), ("min_over_time(c[3m])", "5"),
        ("max_over_time(c[3m])", "25"), ("count_over_time(c[3m])", "4"), ("last_over_time(c[3m])", "25"),
        ("present_over_time(c[3m])", "1"), ("stdvar_over_time(c[1m])", "25"), ("stddev_over_time(c[1m])", "5"),
        ("quantile_over_time(0.25, c[4m])", "10"), ("holt_winters(c[2m], 0.5, 0.5)", "25"),
    ])
    func `over a range`(query: String, value: String) throws {
        let name = query.hasPrefix("last") ? #"{__name__="c"}"# : "{}"
        #expect(try Self.counter.answer(query, at: 300) == ["\(name) \(value)"])
    }

    @Test func `a counter is not extrapolated below zero, and one sample has no rate`() throws {
        // It rises from 1 by 10 in 60 s, so it was 0 six seconds before its first sample.
        let loaded = LoadedSeries("c 1 11", every: 60)
        #expect(try loaded.answer("increase(c[100s])", at: 60) == ["{} 11"])
        #expect(try loaded.answer("increase(c[30s])", at: 60).isEmpty)
    }

    @Test(arguments: [
        ("abs(-vector(2))", "2"), ("ceil(vector(1.2))", "2"), ("floor(vector(-1.2))", "-2"), ("exp(vector(0))", "1"),
        ("ln(vector(1))", "0"), ("log2(vector(8))", "3"), ("log10(vector(1000))", "3"), ("sqrt(vector(9))", "3"),
        ("sgn(vector(-7))", "-1"), ("sgn(vector(0))", "0"), ("sin(vector(0))", "0"), ("cos(vector(0))", "1"),
        ("atan(vector(Inf)) * 2 - pi()", "0"), ("deg(vector(pi()))", "180"), ("rad(vector(180)) - pi()", "0"),
        ("round(vector(2.5))", "3"), ("round(vector(-2.5))", "-2"), ("round(vector(17), 5)", "15"),
        ("clamp(vector(7), 0, 5)", "5"),
        ("clamp_min(vector(7), 9)", "9"), ("clamp_max(vector(7), 5)", "5"), ("clamp_max(vector(NaN), 5)", "NaN"),
        ("vector(1) atan2 1", "0.7853981633974483"), ("-vector(1)", "-1"), ("+vector(1)", "1"), ("vector(7) % 4", "3"),
        ("vector(-7) % 4", "-3"), ("vector(2) ^ 3 ^ 2", "512"), ("-vector(2) ^ 2", "-4"), ("vector(1) / 0", "+Inf"),
        ("vector(scalar(vector(3)))", "3"), ("vector(time())", "1000"), ("absent(nothing)", "1"),
    ])
    func `of one value`(query: String, value: String) throws {
        #expect(try LoadedSeries(every: 60).answer(query, at: 1000) == ["{} \(value)"])
    }

    @Test func `clamp with borders that are crossed has no answer`() throws {
        #expect(try LoadedSeries(every: 60).answer("clamp(vector(7), 5, 0)", at: 0).isEmpty)
    }

    private static let dates: [(Double, [Int])] = [
        (951_782_400.0, [0, 0, 2, 29, 60, 29, 2, 2000]), (4_107_542_399, [59, 23, 0, 28, 59, 28, 2, 2100]),
        (-1, [59, 23, 3, 31, 365, 31, 12, 1969]), (0.9, [0, 0, 4, 1, 1, 31, 1, 1970]),
    ]

    @Test(arguments: dates)
    func `parts of a date`(seconds: Double, parts: [Int]) throws {
        let names = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"]
        for (name, part) in zip(names, parts) {
            #expect(
                try LoadedSeries(every: 60).answer("\(name)(vector(\(GoText.plain(seconds))))", at: 0) == ["{} \(part)"],
                "\(name) of \(seconds)")
        }
        #expect(try LoadedSeries(every: 60).answer("hour()", at: 7200.5) == ["{} 2"])
    }

    @Test(arguments: ["Inf", "-Inf", "NaN", "1e300"])
    func `what is no moment is the one that Go makes of it`(value: String) throws {
        // Seen in Prometheus 2.42.
        #expect(try LoadedSeries(every: 60).answer("minute(vector(\(value)))", at: 0) == ["{} 30"])
    }

    @Test func `a quantile of buckets lies between their bounds`() throws {
        let loaded = LoadedSeries(
            #"b{le="1"} 10"#, #"b{le="2"} 20"#, #"b{le="+Inf"} 20"#, #"b{le="x"} 7"#, #"b{le="1",job="a"} 5"#, every: 60)
        #expect(try loaded.answer("histogram_quantile(0.5, b)", at: 0).sorted() == [#"{job="a"} NaN"#, "{} 1"])
        #expect(try loaded.answer(#"histogram_quantile(0.75, b{job=""})"#, at: 0) == ["{} 1.5"])
        #expect(try loaded.answer(#"histogram_quantile(2, b{job=""})"#, at: 0) == ["{} +Inf"])
    }

    @Test func `labels are replaced where the whole value matches, and joined`() throws {
        let loaded = LoadedSeries(#"m{a="host-17:80",b="x"} 1"#, every: 60)
        func labels(_ query: String) throws -> String? { try loaded.answer(query, at: 0).first.map { String($0.dropLast(2)) } }
        #expect(
            try labels(#"label_replace(m, "c", "$2/${port}$$", "a", "([a-z]+)-(\\d+):(?P<port>.*)")"#)
                == #"{__name__="m", a="host-17:80", b="x", c="17/80$"}"#)
        #expect(try labels(#"label_replace(m, "c", "y", "a", "host")"#) == #"{__name__="m", a="host-17:80", b="x"}"#)
        #expect(try labels(#"label_replace(m, "b", "", "a", ".*")"#) == #"{__name__="m", a="host-17:80"}"#)
        #expect(try labels(#"label_join(m, "a", "+", "b", "none", "b")"#) == #"{__name__="m", a="x++x", b="x"}"#)
        let bad = #expect(throws: PromQLError.self) { try labels(#"label_replace(m, "1", "", "a", "")"#) }
        #expect(bad?.code == .execution && bad?.message == "invalid destination label name in label_replace(): 1")
    }

    @Test func `what is absent has the labels that were asked for`() throws {
        let loaded = LoadedSeries("m 1 _ _ _ _ _ _ _ _ 1", every: 60)
        #expect(try loaded.answer(#"absent(n{a="1",b=~"2",c="3",c="4"})"#, at: 0) == [#"{a="1"} 1"#])
        #expect(try loaded.answer("absent(m)", from: 240, to: 600, step: 60) == ["{} 1@360 1@420 1@480"])
        #expect(try loaded.answer("absent_over_time(m[2m])", from: 60, to: 300, step: 60) == ["{} 1@180 1@240 1@300"])
        #expect(try loaded.answer(#"absent_over_time(n{a="1"}[2m])"#, at: 0) == [#"{a="1"} 1"#])
    }

    @Test func `sorting puts what is no number last`() throws {
        let loaded = LoadedSeries(#"m{i="1"} NaN"#, #"m{i="2"} 3"#, #"m{i="3"} 1"#, every: 60)
        #expect(try loaded.answer("sort(m)", at: 0).map { $0.last } == ["1", "3", "N"])
        #expect(try loaded.answer("sort_desc(m)", at: 0).map { $0.last } == ["3", "1", "N"])
    }
}
