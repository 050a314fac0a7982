"""Texts that are no queries, whose error sentences are Prometheus' own."""

WRONG = [
    "", "   ", "# only a comment", "1 +", "+", "1 1", "(1", "1)", "((1)", "foo{", "foo{a", "foo{a=", "foo{a=}", 'foo{a="b"', 'foo{a="b" c="d"}',
    "foo{a=b}", "foo{=}", "foo{,}", 'foo{a="b",,}', 'foo{a="b"}}', "foo{1}", "foo[", "foo[]", "foo[5]", "foo[5x]", "foo[5m", "foo[5m:",
    "foo[5m:]]", "foo[5m:1]", "foo[:5m]", "foo[5m][5m]", "(foo)[5m]", "sum(foo)[5m]", "foo offset", "foo offset 5", "foo offset -",
    "foo offset 5m offset 5m", "(foo) offset 5m", "1 offset 5m", "foo @", "foo @ a", "foo @ start", "foo @ start(", "foo @ 1 @ 2", "(foo) @ 1",
    "foo @ Inf", "foo @ NaN", "foo offset 5m[5m]", "foo @ 5[5m]", "sum", "sum(", "sum()", "sum(1)", "sum(foo, bar)", "topk(foo)",
    "topk(1, 2, foo)", "topk(foo, foo)", "quantile('a', foo)", "count_values(1, foo)", "sum by foo (bar)", "sum by (foo (bar)", "sum by (1) (foo)",
    "sum by (a b) (foo)", "sum by (a) foo", "sum(foo) by a", "sum by (a) (foo) by (b)", "rate(foo)", "rate(foo[5m], 1)", "rate()", "rate(1)",
    "rate(foo[5m]) + foo[5m]", "foo[5m] + 1", "-foo[5m]", "-'a'", "unknown(foo)", "abs()", "abs(foo,)", "abs(,)", "abs(foo bar)", "round(foo, 1, 2)",
    "clamp(foo)", "label_join(foo)", "label_join(foo, 1, 'a', 'b')", "label_replace(foo, 'a', 'b')", "hour(1)", "hour(foo, foo)", "time(1)",
    "vector(foo)", "scalar(1)", "1 == 1", "1 == bool", "foo == bool bar == 1 == 1", "1 + bool 2", "foo + bool bar", "1 and 1", "foo and 1",
    "1 or foo", "foo and on(a) group_left bar", "foo unless group_left(a) bar", "foo + on(a) 1", "foo + on(a) group_left(a) bar", "foo + on bar",
    "foo + ignoring(a) group_left(b c) bar", "foo + group_left bar", "{}", '{a=""}', '{a=~".*"}', '{a!="b"}', '{a!~".+"}', 'foo{__name__="bar"}',
    'foo{a=~"["}', 'foo{a=~"(b"}', 'foo{a=~"b)"}', 'foo{a=~"*"}', 'foo{a=~"a**"}', 'foo{a=~"a{2,1}"}', 'foo{a=~"a{1001}"}', 'foo{a=~"\\\\"}',
    'foo{a=~"[z-a]"}', 'foo{a=~"[[:nope:]]"}', 'foo{a=~"\\\\y"}', 'foo{a=~"(?z)a"}', 'foo{a=~"(?P<1a>b)"}', '"abc', "'abc", "`abc", '"a\nb"', '"\\q"', '"\\x0g"',
    '"\\u12"', '"\\ud800"', '"\\400"', "foo ! bar", "foo =~ bar", "foo = bar", "foo & bar", "foo ; bar", "foo $ bar", "foo ? bar", "ä", "foo{ä}",
    "5mm", "5m5", "1h1y", "foo[1m1h]", "foo[0m]", "foo offset 0s", "foo[9999999999999y]", "0x", "0x1.8", "1e", "1e400", "08.5.1", "1.2.3", "0b1",
    "foo:bar(1)", "bool", "on(a)", "by by by", "foo by (a)", "foo[5m:1m", "foo[5m] offset 5m[5m]", "foo[5m:1m:1m]", "foo[5m 1m]", "time[5m:]()",
    "1[5m]", "1[5m:]", "'a'[5m:]", "foo[5m][5m:1m]", "foo atan2", "foo or or bar", "sum(foo) by", "sum by (a,) (foo", "sum by (,a) (foo)", "a:b:c{",
    "foo{a=~'a|b', b}", "foo{a!b}", "foo{a~b}", "}", "]", ")", "foo]", "foo}", "foo\nbar", "foo +\n\n  bar baz", "avg_over_time(foo)",
]
