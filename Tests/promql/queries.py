"""Random queries of every kind that is supported, mostly with something to show."""

RANGED = ["rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time", "min_over_time",
          "max_over_time", "sum_over_time", "count_over_time", "last_over_time", "present_over_time", "stddev_over_time",
          "stdvar_over_time"]
SIMPLE = ["abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
          "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad", "round"]
AMPLIFYING = ["sin", "cos", "tan", "exp", "sinh", "cosh"]
DATES = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"]
OTHERS = ["absent", "absent_over_time", "clamp", "clamp_min", "clamp_max", "histogram_quantile", "holt_winters", "label_join",
          "label_replace", "pi", "predict_linear", "quantile_over_time", "scalar", "sort", "sort_desc", "time", "timestamp",
          "vector"]
AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values"]
FUNCTIONS = RANGED + SIMPLE + DATES + OTHERS
OPERATORS = ["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless"]
MODIFIERS = ["on", "ignoring", "group_left", "group_right", "bool", "offset", "offset -", "@", "@ start()", "@ end()", "subquery",
             "by", "without", "=~", "!~", "!=", "unary -"]
KINDS = FUNCTIONS + AGGREGATIONS + OPERATORS + MODIFIERS

SELECTORS = [
    "http_requests_total", 'http_requests_total{job="api"}', 'http_requests_total{code=~"4..|500"}',
    'http_requests_total{job!="web",code="200"}', 'http_requests_total{instance!~"a.*"}', "memory_bytes", "temperature",
    'temperature{zone=~"[xy]"}', "up", 'up{job=~"(?i:API|WEB)"}', "build_info", "limits", "sparse", "label_test", "birth_seconds",
    '{__name__=~"up|limits"}', 'memory_bytes{job=~".+",instance=~"[a-b]:\\\\d"}', "request_seconds_count",
    'request_seconds_bucket{le!="+Inf"}', 'request_seconds_sum{zone=""}', 'up{missing=""}',
]


class Generator:
    def __init__(self, random, start, end):
        self.random, self.start, self.end = random, start, end
        self.used = set()
        self.ties = False

    # Pieces

    def pick(self, choices):
        return self.random.choice(choices)

    def duration(self, least=1, most=30):
        minutes = self.random.choice([1, 2, 3, 5, 5, 10, 20, 30])
        minutes = min(max(minutes, least), most)
        return self.pick([f"{minutes}m", f"{minutes * 60}s", f"{minutes}m{self.random.randrange(1, 59)}s",
                          f"{minutes * 60_000 + self.random.randrange(999)}ms"])

    def note(self, *kinds):
        self.used.update(kinds)

    def shift(self, inside=False):
        text = ""
        if self.random.random() < 0.15:
            negative = self.random.random() < 0.3 and not inside
            self.note("offset -" if negative else "offset")
            text += f" offset {'-' if negative else ''}{self.duration(most=10)}"
        if self.random.random() < 0.12:
            what = self.pick(["@", "@ start()", "@ end()"])
            self.note(what)
            moment = self.random.randrange(self.start + 600_000, self.end) / 1000
            text = f" @ {moment:.3f}{text}" if what == "@" else f" {what}{text}"
        return text

    def bare(self, choices=None):
        selector = self.pick(choices or SELECTORS)
        for sign in ["=~", "!~", "!="]:
            if sign in selector:
                self.note(sign)
        return selector

    def selector(self, choices=None):
        return self.bare(choices) + self.shift()

    def ranged(self, depth, choices=None):
        if self.random.random() < 0.22 and depth > 0:
            self.note("subquery")
            step = self.pick(["", "", "30s", "1m", "17s", "2m"])
            return f"{self.wrapped(self.vector(depth - 1))}[{self.duration(5)}:{step}]{self.shift(inside=True)}"
        return f"{self.bare(choices)}[{self.duration()}]{self.shift()}"

    def wrapped(self, text):
        return f"({text})"

    def number(self):
        return self.pick(["0", "1", "2", "-1", "0.5", "3.25", "1e3", "0x1F", "100", "Inf", "NaN"] + ["7", "10", "1.5"] * 3)

    # Expressions

    def scalar(self, depth):
        choice = self.random.random()
        if choice < 0.6 or depth <= 0:
            return self.number()
        if choice < 0.7:
            self.note("time")
            return "time()"
        if choice < 0.78:
            self.note("pi")
            return "pi()"
        if choice < 0.9:
            self.note("scalar")
            return f"scalar({self.vector(depth - 1)})"
        operator = self.pick(["+", "-", "*", "/", "%", "^", "atan2", "== bool", "< bool"])
        self.note(*operator.split())
        return self.wrapped(f"{self.scalar(depth - 1)} {operator} {self.scalar(depth - 1)}")

    def vector(self, depth):
        if depth <= 0:
            return self.selector()
        return self.pick([lambda _: self.selector(), self.call, self.call, self.call, self.aggregation, self.aggregation,
                          self.binary, self.binary, self.negative])(depth)

    def negative(self, depth):
        self.note("unary -")
        return f"-{self.wrapped(self.unique(depth - 1))}"

    def unique(self, depth):
        """A vector whose series differ in more than their name."""
        return self.vector(depth) if self.random.random() < 0.7 else self.selector(["temperature", "memory_bytes", "up"])

    def call(self, depth, name=None):
        name = name or self.pick(FUNCTIONS)
        self.note(name)
        if name in RANGED:
            return f"{name}({self.ranged(depth - 1)})"
        if name in SIMPLE:
            if name == "round" and self.random.random() < 0.5:
                return f"round({self.vector(depth - 1)}, {self.pick(['0.5', '10', '3', '0.1'])})"
            if name in ("asin", "acos", "atanh", "acosh") and self.random.random() < 0.7:
                return f"{name}({self.selector(['up', 'limits', 'build_info'])} / {self.pick(['1', '2', '5'])})"
            inner = self.vector(depth - 1)
            if name in AMPLIFYING:
                # Of huge numbers the last digit decides; it is that of the C library, not of the language.
                inner = f"clamp({inner}, -30, 30)"
                self.note("clamp")
            return f"{name}({inner})"
        if name in DATES:
            return f"{name}({self.pick(['', 'birth_seconds', 'birth_seconds', 'vector(time())', self.selector()])})"
        return getattr(self, "call_" + name)(depth)

    def call_absent(self, depth):
        inner = self.pick(["nothing", 'nothing{job="x"}', 'up{job=~"z",instance="q"}', self.selector(["build_info", "sparse"]),
                           self.vector(depth - 1)])
        return f"absent({inner})"

    def call_absent_over_time(self, depth):
        inner = self.pick(["nothing[5m]", f"sparse[{self.pick(['1m', '3m'])}]", "label_test{job=\"x\"}[3m]",
                           f"build_info{{version=\"1.1\"}}[{self.duration()}]", self.ranged(depth - 1)])
        return f"absent_over_time({inner})"

    def call_clamp(self, depth):
        return f"clamp({self.vector(depth - 1)}, {self.scalar(0)}, {self.scalar(depth - 1)})"

    def call_clamp_min(self, depth):
        return f"clamp_min({self.vector(depth - 1)}, {self.scalar(depth - 1)})"

    def call_clamp_max(self, depth):
        return f"clamp_max({self.vector(depth - 1)}, {self.scalar(depth - 1)})"

    def call_histogram_quantile(self, depth):
        quantile = self.pick(["0.5", "0.9", "0.99", "0", "1", "1.5", "-1", self.scalar(0)])
        inner = self.pick(["request_seconds_bucket", f"rate(request_seconds_bucket[{self.duration(2)}])",
                           f"sum by (le, job) (rate(request_seconds_bucket[{self.duration(2)}]))",
                           'request_seconds_bucket{le!="0.1"}', f"increase(request_seconds_bucket[{self.duration(2)}]{self.shift()})"])
        return f"histogram_quantile({quantile}, {inner})"

    def call_holt_winters(self, depth):
        return f"holt_winters({self.ranged(depth - 1)}, {self.pick(['0.3', '0.5', '0.9'])}, {self.pick(['0.1', '0.7'])})"

    def call_label_join(self, depth):
        target, separator = self.pick(["both", "job", "new_1"]), self.pick(["-", "", ", "])
        return f'label_join({self.vector(depth - 1)}, "{target}", "{separator}", "job", "instance", "zone")'

    def call_label_replace(self, depth):
        pattern, replacement = self.pick([("(.*):(.*)", "$2-$1"), ("(?P<host>[a-c]):\\\\d", "${host}x"), (".*", "all"), ("([ab]).*", "$1$1"),
                                          ("", "none"), ("a|b", "$0"), ("(a)?.*?(\\\\d)", "$1|$2$$")])
        target, source = self.pick(["host", "instance", "job"]), self.pick(["instance", "job", "zone"])
        return f'label_replace({self.vector(depth - 1)}, "{target}", "{replacement}", "{source}", "{pattern}")'

    def call_pi(self, depth):
        return f"vector(pi() * {self.number()})"

    def call_predict_linear(self, depth):
        return f"predict_linear({self.ranged(depth - 1)}, {self.scalar(depth - 1)})"

    def call_quantile_over_time(self, depth):
        return f"quantile_over_time({self.pick(['0.1', '0.5', '0.95', '2', '-0.5', self.scalar(0)])}, {self.ranged(depth - 1)})"

    def call_scalar(self, depth):
        return f"vector(scalar({self.pick(['limits', 'sum(up)', 'up', self.vector(depth - 1)])}))"

    def call_sort(self, depth):
        return f"sort({self.vector(depth - 1)})"

    def call_sort_desc(self, depth):
        return f"sort_desc({self.vector(depth - 1)})"

    def call_time(self, depth):
        return f"{self.vector(depth - 1)} * time()"

    def call_timestamp(self, depth):
        return f"timestamp({self.pick([self.selector(), self.selector(), self.vector(depth - 1)])})"

    def call_vector(self, depth):
        return f"vector({self.scalar(depth - 1)})"

    def grouping(self, most=3):
        kind = self.pick(["", "by", "by", "without"])
        if not kind:
            return ""
        self.note(kind)
        labels = self.random.sample(["job", "instance", "code", "zone", "le", "version", "__name__", "absent"], self.random.randrange(0, most + 1))
        return f" {kind} ({', '.join(labels)})"

    def aggregation(self, depth, name=None, outermost=False):
        name = name or self.pick(AGGREGATIONS)
        self.note(name)
        parameter = ""
        if name in ("topk", "bottomk"):
            self.ties = True
            parameter = self.pick(["1", "2", "3", "5", "0", "2.9", "100"]) + ", "
        elif name == "quantile":
            parameter = self.pick(["0.5", "0.9", "0.25", "1.2", "-1", self.scalar(0)]) + ", "
        elif name == "count_values":
            parameter = f'"{self.pick(["value", "code", "le"])}", '
        inner = self.vector(depth - 1)
        if name in ("topk", "bottomk") and not outermost:
            # Which of equal values are taken is chance in Prometheus, and within another expression it shows.
            inner = self.pick([self.selector(["memory_bytes"]), f"deriv(memory_bytes[{self.duration()}])", "sqrt(memory_bytes)",
                               f"avg_over_time(memory_bytes[{self.duration()}])", "-memory_bytes"])
        if name == "count_values":
            # Values become labels here, so their last digits must be the same.
            inner = self.pick([self.selector(), f"round({inner})", f"changes({self.ranged(0)})", "limits", "up"])
        # Prometheus 2.42 forgets labels of `count_values … by` from step to step when there are three.
        grouping = self.grouping(most=2 if name == "count_values" else 3)
        if self.random.random() < 0.5:
            return f"{name}{grouping} ({parameter}{inner})"
        return f"{name}({parameter}{inner}){grouping}"

    def binary(self, depth, operator=None):
        operator = operator or self.pick(OPERATORS)
        self.note(operator)
        is_set = operator in ("and", "or", "unless")
        is_comparison = operator in ("==", "!=", "<", "<=", ">", ">=")
        modifier = ""
        if is_comparison and self.random.random() < 0.4:
            self.note("bool")
            modifier = " bool"
        choice = self.random.random()
        if choice < 0.35 and not is_set:
            sides = [self.wrapped(self.unique(depth - 1)), self.scalar(depth - 1)]
            self.random.shuffle(sides)
            return f"{sides[0]} {operator}{modifier} {sides[1]}"
        if choice < 0.6:
            # Both sides of the same make.
            inner = self.vector(depth - 1)
            other = inner
            if self.random.random() < 0.7:
                other = f"({inner}) > 1" if is_set else f"({inner}) * {self.pick(['2', '3.5'])}"
            return f"{self.wrapped(inner)} {operator}{modifier} {self.wrapped(other)}"
        if choice < 0.8 or is_set:
            kind = self.pick(["on", "ignoring"])
            self.note(kind)
            labels = self.pick(["job, instance", "job", "instance", "job,instance,code"]) if kind == "on" else self.pick(["code", "zone", "code, zone, le", "version"])
            left = self.pick(["memory_bytes", "up", 'http_requests_total{code="200"}', f"sum by (job, instance) (rate(http_requests_total[{self.duration()}]))"])
            right = self.pick(["temperature", "up", "max by (job, instance) (request_seconds_count)", 'http_requests_total{code="500"}'])
            return f"{left} {operator}{modifier} {kind} ({labels}) {right}"
        many, one = self.pick([
            ("http_requests_total", "up"), (f"rate(http_requests_total[{self.duration()}])", "temperature"),
            ("request_seconds_bucket", 'http_requests_total{code="200"}'), ("memory_bytes", "sum by (job) (up)"),
            ("temperature", "build_info")])
        on = self.pick(["on (job, instance)", "on (job)", "ignoring (code)", "ignoring (code, le, zone)"])
        include = self.pick(["", "(zone)", "(version)", "()", "(code)"])
        self.note(on.split()[0])
        if self.random.random() < 0.5:
            self.note("group_left")
            return f"{many} {operator}{modifier} {on} group_left {include} ({one})" if include else f"{many} {operator}{modifier} {on} group_left () {one}"
        self.note("group_right")
        return f"{one} {operator}{modifier} {on} group_right {include or '()'} {many}"

    # Whole queries

    def query(self, kind=None):
        """Parameters of a request, and what is known of its answer. `kind` occurs in it."""
        for _ in range(400):
            self.used, self.ties = set(), False
            depth = self.pick([1, 1, 2, 2, 3, 4])
            if kind in FUNCTIONS:
                text = self.call(depth, kind)
            elif kind in AGGREGATIONS:
                text = self.aggregation(depth, kind, outermost=True)
            elif kind in OPERATORS:
                text = self.binary(depth, kind)
            else:
                text = self.vector(depth) if self.random.random() < 0.95 else self.scalar(depth + 1)
            if kind is None or kind in self.used:
                break
        query = {"query": text}
        moment = self.random.randrange(self.start + 300_000, self.end) + self.random.choice([0, 0, 0, 400_000])
        if self.random.random() < 0.5:
            query["time"] = f"{moment / 1000:.3f}"
        else:
            step = self.pick([15, 30, 60, 7.5, 60, 300])
            steps = self.random.randrange(1, 60)
            start = self.random.randrange(self.start + 300_000, self.end)
            query.update(start=f"{start / 1000:.3f}", end=f"{start / 1000 + steps * step:.3f}", step=f"{step}")
        ordered = "time" in query and text.startswith(("sort(", "sort_desc("))
        return query, {"kinds": sorted(self.used), "ties": self.ties, "ordered": ordered}
