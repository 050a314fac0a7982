import Testing
import VarvePromQL

/// What is a query, and what Prometheus says of what is none. `Tests/promql/run` asks Prometheus itself, with more of them.
struct ParserTests {
    @Test(arguments: [
        ("", 0, "no expression found in input"), ("1 +", 3, "unexpected end of input"), ("(1", 2, "unclosed left parenthesis"),
        ("1)", 2, "unexpected right parenthesis ')'"), ("foo{", 4, "unexpected end of input inside braces"),
        ("foo{a=b}", 6, "unexpected identifier \"b\" in label matching, expected string"),
        ("foo[5]", 4, "missing unit character in duration"), ("foo[5x]", 4, "bad duration syntax: \"5\""),
        ("(foo)[5m]", 5, "ranges only allowed for vector selectors"),
        ("foo offset 5", 11, "unexpected number \"5\" in offset, expected duration"),
        ("sum by foo (bar)", 7, "unexpected identifier \"foo\" in grouping opts, expected \"(\""),
        ("rate(foo)", 5, "expected type range vector in call to function \"rate\", got instant vector"),
        ("rate(foo[5m], 1)", 0, "expected 1 argument(s) in call to \"rate\", got 2"),
        ("unknown(foo)", 0, "unknown function with name \"unknown\""),
        ("abs(foo,)", 7, "trailing commas not allowed in function call args"),
        ("1 == 1", 2, "comparisons between scalars must use BOOL modifier"),
        ("foo + bool bar", 4, "bool modifier can only be used on comparison operators"),
        ("foo and 1", 0, "set operator \"and\" not allowed in binary scalar expression"),
        (#"{a=~".*"}"#, 0, "vector selector must contain at least one non-empty matcher"),
        (#"foo{__name__="bar"}"#, 0, "metric name must not be set twice: \"foo\" or \"bar\""),
        (#"foo{a=~"["}"#, 4, "error parsing regexp: missing closing ]: `[)$`"), ("\"abc", 0, "unterminated quoted string"),
        ("foo $ bar", 4, "unexpected character: '$'"), ("foo[0m]", 4, "duration must be greater than 0"),
        ("1e400", 0, "error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range"),
        ("1[5m:]", 0, "subquery is only allowed on instant vector, got scalar instead"),
    ])
    func `an error has Prometheus' sentence and place`(text: String, place: Int, message: String) {
        let error = #expect(throws: PromQLError.self) { try PromQLQuery(text) }
        #expect(error?.code == .syntax && error?.message == message && error?.range?.lowerBound == place)
    }

    @Test(arguments: [
        ("histogram_count(foo)", "function \"histogram_count\" is not supported: native histograms are not supported"),
        ("\"\\xff\"", "strings that are not UTF-8 are not supported"),
    ])
    func `what is left out is named`(text: String, message: String) {
        let error = #expect(throws: PromQLError.self) { try PromQLQuery(text) }
        #expect(error?.code == .unsupported && error?.message == message)
    }

    @Test(arguments: [
        "sum", "by", "start{a=\"b\"}", "foo:bar", ":x", "sum by (on, bool, sum) (foo)", "SUM(foo) BY (a)",
        "foo # comment\n + bar",
        "foo{a='x', b=`y`,}", "foo[1h30m]", "-foo ^ 2", "0x1F + 017 + .5 + 1e3 + Inf + nan", "foo @ -5.5",
        "foo offset -1m @ start()",
        "foo == bool on (a) group_left () bar", "((foo))", "foo[5m:] @ end() offset 1m", "\"\\u00e4\\101\\n\"", "and + or",
        "topk by (a,) (5, foo)", "offset offset 5m", "foo[ 5m ]", "1 > bool 2 > bool 3",
    ])
    func `these are queries`(text: String) throws { _ = try PromQLQuery(text) }

    @Test(arguments: [
        ("1 + 2 * 3", 7.0), ("2 ^ 3 ^ 2", 512), ("-2 ^ 2", -4), ("2 ^ -1", 0.5), ("10 - 4 - 3", 3), ("8 / 4 / 2", 1),
        ("-(-1)", 1),
        ("1 + 1 == bool 2", 1), ("017", 15), ("0x1F", 31), ("08", 8), ("1e-3", 0.001), ("2 * 3 % 4", 2),
        ("1 < bool 2 == bool 1", 1),
    ])
    func `operators bind as they do there`(text: String, value: Double) throws {
        #expect(try LoadedSeries(every: 60).answer(text, at: 0) == [GoText.value(value)])
    }

    @Test func `nesting is bounded, of every kind`() throws {
        let deep = 5_000
        for text in [
            String(repeating: "(", count: deep) + "1" + String(repeating: ")", count: deep),
            String(repeating: "-", count: deep) + "x",
            String(repeating: "abs(", count: deep) + "x" + String(repeating: ")", count: deep),
            (0..<deep).map { _ in "x" }.joined(separator: " + "), "x" + String(repeating: "[5m:1m]", count: deep),
            (0..<deep).map { _ in "x" }.joined(separator: " ^ "),
        ] {
            let error = #expect(throws: PromQLError.self) { try PromQLQuery(text) }
            #expect(error?.code == .unsupported)
        }
        // What is as deep as is allowed can be evaluated.
        let limits = PromQLLimits()
        let text =
            String(repeating: "abs(", count: limits.depth - 4) + "vector(-1" + String(repeating: ")", count: limits.depth - 3)
        #expect(try LoadedSeries(every: 60).answer(text, at: 0) == ["{} 1"])
    }

    @Test func `matchers of a selector alone`() throws {
        let matchers = try PromQLQuery.matchers(#"up{job=~"a|b",x!="y"}"#)
        #expect(matchers.map { "\($0)" } == [#"job=~"a|b""#, #"x!="y""#, #"__name__="up""#])
        for text in ["rate(x[5m])", "up + 1", "up[5m]", "1", "", "up offset 5m"] {
            #expect(throws: PromQLError.self) { try PromQLQuery.matchers(text) }
        }
    }

    @Test(arguments: [
        (1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"),
        (0.000001, "0.000001"), (123456.789, "123456.789"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (0.30000000000000004, "0.30000000000000004"),
    ])
    func `numbers are written as Go writes them`(number: Double, text: String) {
        #expect(GoText.value(number) == text)
        let back = GoText.double(text)
        #expect(back == number || back?.isNaN == true && number.isNaN)
    }

    @Test func `durations`() throws {
        #expect(try DurationText.milliseconds("1y2w3d4h5m6s7ms") == 33_019_506_007)
        #expect(DurationText.text(5_400_000) == "1h30m" && DurationText.text(-250) == "-250ms")
        for text in ["", "1", "5x", "1m1h", "1m1m", "99999999999999y", "1.5h"] {
            #expect(throws: PromQLError.self) { try DurationText.milliseconds(text) }
        }
    }
}
