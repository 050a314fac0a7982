import Testing
import VarvePromQL

/// Regular expressions: RE2's syntax, whole values, and time that is bounded whatever the pattern.
struct PatternTests {
    @Test(arguments: [
        ("", [""], ["a"]), ("a", ["a"], ["", "aa", "ba"]), ("a|b|", ["a", "b", ""], ["c", "ab"]), (".*", ["", "abc"], ["a\nb"]),
        (".+", ["a"], [""]), ("a.c", ["abc", "a€c"], ["ac", "abbc"]), ("ab*c?", ["a", "abbb", "abc"], ["b", "acc"]),
        ("(ab|cd)+x", ["abx", "cdabx"], ["x", "acx"]), ("a{2}", ["aa"], ["a", "aaa"]), ("a{2,}", ["aa", "aaaa"], ["a"]),
        ("a{1,3}b", ["ab", "aaab"], ["b", "aaaab"]), ("a{,3}", ["a{,3}"], ["a", "aaa"]), ("[a-c]x", ["ax", "cx"], ["dx", "x"]),
        ("[^a-c]", ["d", "€"], ["a", "", "dd"]), ("[]a]", ["]", "a"], ["b"]), ("[a-]", ["a", "-"], ["b"]),
        ("[[:digit:]x]+", ["12x"], ["a"]), ("[[:^digit:]]", ["a"], ["1"]), (#"\d+\.\w\s?"#, ["12.a", "1._ "], ["1a"]),
        (#"\D\W\S"#, ["a-b"], ["1-b"]), (#"[\d.]+"#, ["1.2"], ["a"]), ("(?i)aBc", ["abc", "ABC"], ["abd"]),
        ("(?i:a)b", ["Ab"], ["AB"]),
        ("(?i)straße|ÄB", ["STRAßE", "äb"], ["strasse"]), ("(?i)[a-c]", ["B"], ["d"]), ("(?s).", ["\n"], [""]),
        ("(?s:.)b", ["\nb"], ["b"]),
        ("^a$", ["a"], ["ba"]), (#"\Aa\z"#, ["a"], ["ab"]), ("(?m)a$\n^b", ["a\nb"], ["ab"]), (#"a\b.*"#, ["a b", "a"], ["ab"]),
        (#"a\Bb"#, ["ab"], ["a b"]), (#"\Qa.b\E+"#, ["a.b", "a.bb"], ["axb"]), (#"\x41\x{20ac}\t"#, ["A€\t"], ["a"]),
        (#"\.\*\[\-"#, [".*[-"], ["a"]), ("(?U)a+", ["aaa"], [""]), ("a+?", ["aa"], [""]), ("x*(?:y|z)*", ["", "xxyz"], ["yx"]),
        ("(a*)*", ["", "aaaa"], ["b"]), ("(a|ab)(c|bcd)", ["abcd", "ac", "abc"], ["abcbcd"]), (#"\101"#, ["A"], ["101"]),
    ])
    func `a pattern matches whole values`(text: String, yes: [String], no: [String]) throws {
        let pattern = try Pattern(text)
        for value in yes { #expect(pattern.matches(value), "\(text) and \(value)") }
        for value in no { #expect(!pattern.matches(value), "\(text) and \(value)") }
    }

    @Test(arguments: [
        ("(?=a)", "lookahead"), ("(?!a)", "lookahead"), ("(?<=a)", "lookbehind"), ("(?<!a)", "lookbehind"),
        (#"\pL"#, "Unicode classes (\\p)"), (#"[\p{Greek}]"#, "Unicode classes (\\p)"), (#"\C"#, "single bytes (\\C)"),
    ])
    func `what is not supported is named`(text: String, name: String) {
        let error = #expect(throws: PromQLError.self) { try Pattern(text) }
        #expect(error?.code == .unsupported && error?.message == "regular expressions with \(name) are not supported")
    }

    @Test func `patterns that make others hang do not`() throws {
        let value = String(repeating: "a", count: 5_000) + "!"
        for text in ["(a+)+", "(a|a)*", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "(a?){1000}", String(repeating: "a?", count: 2_000)] {
            let pattern = try Pattern(text)
            let time = ContinuousClock().measure { #expect(!pattern.matches(value)) }
            #expect(time < .seconds(20), "\(text.prefix(30)) took \(time)")
        }
    }

    @Test func `patterns that are too large are refused, and soon`() {
        let nested = String(repeating: "(?:", count: 60) + String(repeating: "){1000}", count: 60)
        for text in ["((a{1000}){1000}){1000}", nested, "(?:(?:x{999}){999}){999}"] {
            let error = #expect(throws: PromQLError.self) { try Pattern(text) }
            #expect(error?.code == .unsupported)
        }
        #expect(throws: PromQLError.self) { try Pattern(String(repeating: "(", count: 50_000)) }
        #expect(throws: PromQLError.self) { try Pattern("[" + String(repeating: "[:", count: 30_000)) }
    }

    @Test func `a long choice of texts is a look-up`() throws {
        let hosts = (0..<3_000).map { "host-\($0)" }
        let pattern = try Pattern(hosts.joined(separator: "|"))
        #expect(hosts.allSatisfy { pattern.matches($0) })
        #expect(!pattern.matches("host-3000") && !pattern.matches("host-1|host-2"))
    }
}
