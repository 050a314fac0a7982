import Testing
import VarvePromQL

/// Look-back, staleness, offset and `@`, as Prometheus 2.42 has them: both ends of a window are in it.
struct SelectorTests {
    @Test func `a sample is seen for five minutes, the last moment included`() throws {
        let loaded = LoadedSeries("up 7", every: 60)
        #expect(try loaded.answer("up", at: 0) == [#"{__name__="up"} 7"#])
        #expect(try loaded.answer("up", at: 300) == [#"{__name__="up"} 7"#])
        #expect(try loaded.answer("up", at: 300.001).isEmpty)
        #expect(try loaded.answer("up", at: -0.001).isEmpty)
    }

    @Test func `a staleness marker ends a series at once, and is no sample of a window`() throws {
        let loaded = LoadedSeries("up 1 2 stale _ 5", every: 60)
        #expect(try loaded.answer("up", at: 119.999) == [#"{__name__="up"} 2"#])
        #expect(try loaded.answer("up", at: 120).isEmpty)
        #expect(try loaded.answer("up", at: 239.999).isEmpty)
        #expect(try loaded.answer("up", at: 240) == [#"{__name__="up"} 5"#])
        #expect(try loaded.answer("count_over_time(up[4m])", at: 240) == ["{} 3"])
        #expect(try loaded.answer("sum_over_time(up[2m])", at: 240) == ["{} 5"])
        #expect(try loaded.answer("up[4m]", at: 240) == [#"{__name__="up"} 1@0 2@60 5@240"#])
    }

    @Test func `a window holds the samples of both its ends`() throws {
        let loaded = LoadedSeries("up 1+1x10", every: 60)
        #expect(try loaded.answer("count_over_time(up[2m])", at: 300) == ["{} 3"])
        #expect(try loaded.answer("count_over_time(up[2m])", at: 300.001) == ["{} 2"])
        #expect(try loaded.answer("count_over_time(up[2m:1m])", at: 300) == ["{} 3"])
    }

    @Test func `a NaN is a value, and not a staleness marker`() throws {
        let loaded = LoadedSeries("up 1 NaN", every: 60)
        #expect(try loaded.answer("up", at: 60) == [#"{__name__="up"} NaN"#])
        #expect(try loaded.answer("count_over_time(up[5m])", at: 60) == ["{} 2"])
    }

    @Test func `offset looks back or ahead, and @ at a fixed moment`() throws {
        let loaded = LoadedSeries("up 0+1x100", every: 10)
        #expect(try loaded.answer("up offset 50s", at: 100) == [#"{__name__="up"} 5"#])
        #expect(try loaded.answer("up offset -50s", at: 100) == [#"{__name__="up"} 15"#])
        #expect(try loaded.answer("up @ 200 offset 50s", at: 100) == [#"{__name__="up"} 15"#])
        #expect(try loaded.answer("up offset 50s @ 200", at: 0) == [#"{__name__="up"} 15"#])
        #expect(try loaded.answer("up @ end() - up @ start()", from: 100, to: 300, step: 100) == ["{} 20@100 20@200 20@300"])
        #expect(try loaded.answer("sum_over_time(up[20s] @ 100)", at: 9) == ["{} 27"])
        #expect(try loaded.answer("timestamp(up @ 105)", from: 10, to: 30, step: 20) == ["{} 100@10 100@30"])
        #expect(try loaded.answer("timestamp(-up)", at: 105) == ["{} 105"])
        // As Prometheus has it: the offset counts only for what is read.
        #expect(try loaded.answer("timestamp(up @ 105 offset 20s)", at: 0) == ["{} 80"])
        #expect(try loaded.answer("timestamp(up @ 400 offset 301s)", at: 0).isEmpty)
    }

    @Test func `a subquery has its moments at multiples of its step`() throws {
        let loaded = LoadedSeries("up 0+1x100", every: 10)
        #expect(try loaded.answer("up[50s:20s]", at: 107) == [#"{__name__="up"} 6@60 8@80 10@100"#])
        #expect(try loaded.answer("up[2m:]", at: 125) == [#"{__name__="up"} 6@60 12@120"#])
        #expect(try loaded.answer("up[40s:20s] offset 60s", at: 107) == [#"{__name__="up"} 2@20 4@40"#])
        #expect(try loaded.answer("max_over_time(sum_over_time(up[10s])[40s:20s])", at: 107) == ["{} 19"])
        #expect(try loaded.answer("sum_over_time(sum_over_time(up[100s] @ 100)[100s:25s] @ 50)", at: 100) == ["{} 275"])
    }

    @Test func `what depends on the step is not fixed by @`() throws {
        let loaded = LoadedSeries("up 0+1x100", every: 10)
        // Prometheus moves the window of `predict_linear` on, and sees nothing behind the moment.
        #expect(
            try loaded.answer("predict_linear(up[50s] @ 100, 0)", from: 100, to: 120, step: 10) == ["{} 10@100 11@110 12@120"])
        #expect(try loaded.answer("count_over_time(up[50s] @ 100)", from: 100, to: 120, step: 10) == ["{} 6@100 6@110 6@120"])
        #expect(
            try loaded.answer("quantile_over_time(scalar(up) * 0, up[50s] @ 100)", from: 100, to: 120, step: 10) == [
                "{} 5@100 6@110 7@120"
            ])
    }

    @Test func `a selector is read once for all steps, and for no more than it needs`() throws {
        let loaded = LoadedSeries("up 0+1x100", every: 10)
        _ = try loaded.answer("rate(up[1m] offset 30s) + up", from: 200, to: 400, step: 10)
        #expect(loaded.asked.ranges == [110_000...370_000, -100_000...400_000])
    }

    @Test func `matchers compare, and match whole values`() throws {
        let loaded = LoadedSeries(#"m{a="xy"} 1"#, #"m{a="x",b="1"} 2"#, "other 3", every: 60)
        func values(_ query: String) throws -> [String] { try loaded.answer("sort(\(query))", at: 0).map { "\($0.last ?? " ")" } }
        #expect(try values(#"m{a="x"}"#) == ["2"])
        #expect(try values(#"m{a=~"x"}"#) == ["2"])
        #expect(try values(#"m{a=~"x.?"}"#) == ["1", "2"])
        #expect(try values(#"m{a!~"x."}"#) == ["2"])
        #expect(try values(#"m{b=""}"#) == ["1"])
        #expect(try values(#"m{b!=""}"#) == ["2"])
        #expect(try values(#"{__name__=~"m|other",a!="xy"}"#) == ["2", "3"])
    }

    @Test func `texts that Unicode takes for equal are different labels`() throws {
        let loaded = LoadedSeries("m{a=\"\u{E9}\"} 1", "m{a=\"e\u{301}\"} 2", every: 60)
        #expect(try loaded.answer("m{a=\"\u{E9}\"}", at: 0).count == 1)
        #expect(try loaded.answer("count(sum by (a) (m))", at: 0) == ["{} 2"])
    }
}
