import Testing
import VarveEvents

/// What every `--where` takes.
struct FieldConditionTests {
    @Test(arguments: [
        ("a=b", "a", FieldCondition.Comparison.equal, FieldCondition.Operand.word("b")),
        ("a>=5", "a", .greaterOrEqual, .word("5")), ("a <= 5 ", "a", .lessOrEqual, .word("5")),
        ("a!=x=y", "a", .notEqual, .word("x=y")), ("a==5", "a", .equal, .word("5")),
        ("duration_ms<1.5", "duration_ms", .less, .word("1.5")), ("k=", "k", .equal, .absent), ("k!=", "k", .notEqual, .absent),
        ("path~/api/", "path", .contains, .word("/api/")), ("component=\"Pay Button\"", "component", .equal, .text("Pay Button")),
        ("a='it\\'s'", "a", .equal, .text("it's")), ("a=\"200\"", "a", .equal, .text("200")), ("a=\"\"", "a", .equal, .text("")),
        ("a=\">5\"", "a", .equal, .text(">5")), ("a=-5", "a", .equal, .word("-5")),
        ("data.user=7", "data.user", .equal, .word("7")), ("a=\"x\\\\\"", "a", .equal, .text("x\\")),
    ])
    func `a condition is read`(
        text: String, field: String, comparison: FieldCondition.Comparison, operand: FieldCondition.Operand
    ) throws {
        #expect(try FieldCondition(parsing: text) == FieldCondition(field, comparison, operand))
    }

    @Test(arguments: [
        "abc", "=abc", " =abc", "a>", "a~", "a=~b", "a!~b", "a!b", "a=\"b", "a=\"b\"c", "data.=1", "", "a=>5", "a=<5", "a = >5",
        "a<>5", "a=!b", "a===5",
    ])
    func `what is no condition is refused with an example`(text: String) {
        let error = #expect(throws: FieldConditionError.self) { try FieldCondition(parsing: text) }
        #expect(error?.description.contains("status>=500") == true)
    }

    @Test(arguments: [
        ("status>=500", Value.int64(500), true), ("status>=500", .double(499.5), false), ("status>=500", .string("503"), false),
        ("status=500", .int64(500), true), ("status=500", .double(500), true), ("status=500", .string("500"), true),
        ("status=\"500\"", .int64(500), false), ("status=\"500\"", .string("500"), true), ("status!=500", .string("x"), true),
        ("status!=500", .int64(500), false), ("status!=x", .int64(1), true), ("ok=true", .bool(true), true),
        ("ok=true", .string("true"), true), ("ok!=true", .bool(false), true),
        ("big=9007199254740993", .int64(9_007_199_254_740_992), false),
        ("big<9007199254740993.5", .int64(9_007_199_254_740_993), true), ("a=", .string(""), true), ("a=", .string("x"), false),
        ("a!=", .string("x"), true), ("a!=", .int64(0), true), ("a~ell", .string("hello"), true), ("a~\"\"", .string("x"), true),
        ("a~5", .int64(55), false), ("a>b", .string("c"), true), ("a>b", .string("a"), false), ("a~ü", .string("grün"), true),
        ("a=1e3", .int64(1_000), true), ("a=nan", .string("nan"), true), ("a=nan", .double(.nan), false),
        ("a=0x10", .int64(16), false),
    ])
    func `a value passes or does not`(text: String, value: Value, passes: Bool) throws {
        #expect(try FieldCondition(parsing: text).holds(value) == passes)
    }

    @Test(arguments: ["a=1", "a!=1", "a<1", "a~x", "a!=", "a>=\"\""])
    func `an event without the field passes nothing but the question for its absence`(text: String) throws {
        #expect(try !FieldCondition(parsing: text).holds(nil))
        #expect(try FieldCondition(parsing: "a=").holds(nil))
    }

    @Test(arguments: [("status", "statsu"), ("component", "componnet"), ("duration_ms", "duration")])
    func `a name that was meant is found`(name: String, typed: String) {
        #expect(NearNames.meant(by: typed, among: ["status", "component", "duration_ms", "x"]) == name)
    }
}
