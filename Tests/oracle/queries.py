"""Random questions to `varve query`, held against DuckDB on the same file. The seed is chosen at run time and printed."""

import json
import math
import os
import random

import duckdb

import expected
from command import epoch

#: What percentiles promise: nearest rank, within 0.55 %.
TOLERANCE = 0.0055
# A distinct count is exact to 65,536 values, then estimated with a standard error of 0.81 %: five of them are allowed.
EXACT_DISTINCT, DISTINCT_TOLERANCE = 65_536, 0.0405
QUESTIONS = 200
NDJSON = """read_json('{file}', format = 'newline_delimited', columns = {{
    time: 'BIGINT', signal: 'VARCHAR', component: 'VARCHAR', session_id: 'VARCHAR', user_id: 'VARCHAR',
    data: 'STRUCT(duration_ms DOUBLE, api_endpoint VARCHAR, retry_count BIGINT, suppression_reason VARCHAR)'}})"""
#: Our name, DuckDB's column.
TEXTS = {"signal": "signal", "component": "component", "user": "user_id", "api_endpoint": "api_endpoint",
         "suppression_reason": "suppression_reason"}
GROUPS = ["signal", "component", "api_endpoint", "suppression_reason"]
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
NUMBERS = ["duration_ms", "retry_count"]


def load(file):
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"""CREATE TABLE events AS SELECT time, signal, component, session_id, user_id, data.duration_ms AS duration_ms,
        data.api_endpoint AS api_endpoint, data.retry_count AS retry_count, data.suppression_reason AS suppression_reason
        FROM {NDJSON.format(file=expected.literal(file))}""")
    return connection


def text(value):
    return "'" + value.replace("'", "''") + "'"


class Question:
    """One random question, as arguments of varve and as SQL."""

    def __init__(self, dice, words, first, last):
        self.arguments, self.conditions = [], []
        self.by = dice.sample(GROUPS, dice.randint(0, 2))
        self.bucket = dice.choice(["all", "all", "hour", "day", "minute"])
        # Minutes of a month in two dimensions are more rows than anybody reads.
        if self.bucket == "minute":
            self.by = self.by[:1]
        self.choose_signals(dice, words)
        self.choose_conditions(dice, words)
        self.choose_times(dice, first, last)
        self.choose_measures(dice)
        if self.by:
            self.arguments += ["--by", ",".join(self.by)]
        self.arguments += ["--bucket", self.bucket, "--json"]

    def choose_signals(self, dice, words):
        kind = dice.randrange(4)
        if kind == 1:
            picked = dice.sample(words["signal"], 2)
            for signal in picked:
                self.arguments += ["--signal", signal]
            self.conditions.append(f"signal IN ({', '.join(map(text, picked))})")
        elif kind == 2:
            prefix = dice.choice(words["signal"]).split(".")[0]
            self.arguments += ["--signal", prefix + ".*"]
            self.conditions.append(f"starts_with(signal, {text(prefix + '.')})")
        elif kind == 3:
            suffix = dice.choice(words["signal"]).split(".")[1]
            self.arguments += ["--signal", "*." + suffix]
            self.conditions.append(f"ends_with(signal, {text('.' + suffix)})")

    def choose_conditions(self, dice, words):
        for _ in range(dice.randint(0, 2)):
            if dice.random() < 0.5:
                field, bound = dice.choice([("duration_ms", round(dice.lognormvariate(4.5, 1), 1)), ("retry_count", dice.randint(0, 4))])
                operator = dice.choice(["=", "!=", ">", ">=", "<", "<="])
                self.arguments += ["--where", f"{field}{operator}{bound}"]
                self.conditions.append(f"{field} {operator} {bound}")
            else:
                field = dice.choice(list(TEXTS))
                value = dice.choice(words[field])
                operator = dice.choice(["=", "!=", "~", "absent", "present"])
                column = TEXTS[field]
                if operator == "~":
                    part = value[1:-1] or value
                    self.arguments += ["--where", f"{field}~\"{part}\""]
                    self.conditions.append(f"contains({column}, {text(part)})")
                elif operator in ("absent", "present"):
                    self.arguments += ["--where", f"{field}{'=' if operator == 'absent' else '!='}"]
                    self.conditions.append(f"coalesce({column}, '') {'=' if operator == 'absent' else '!='} ''")
                else:
                    self.arguments += ["--where", f"{field}{operator}\"{value}\""]
                    self.conditions.append(f"{column} {operator} {text(value)}")

    def choose_times(self, dice, first, last):
        ends = sorted(dice.randint(first, last) for _ in range(2))
        if dice.random() < 0.5 or self.bucket == "minute":
            self.arguments += ["--from", str(ends[0])]
            self.conditions.append(f"time >= {ends[0]}")
        if self.bucket == "minute":
            ends[1] = ends[0] + 86_400_000
        if (dice.random() < 0.5 or self.bucket == "minute") and ends[1] > ends[0]:
            self.arguments += ["--to", str(ends[1])]
            self.conditions.append(f"time < {ends[1]}")

    def choose_measures(self, dice):
        self.selected = {"count": "count(*)"}
        self.close = set()
        self.arguments.append("--count")
        for _ in range(dice.randint(0, 3)):
            field = dice.choice(NUMBERS)
            kind = dice.choice(["sum", "avg", "min", "max", "p50", "p95", "p99", "quantile", "distinct"])
            if kind == "distinct":
                field = dice.choice(["user", "session", "component", "api_endpoint"])
                column = {"user": "user_id", "session": "session_id"}.get(field, field)
                self.selected[f"distinct_{field}"] = f"count(DISTINCT {column})"
            elif kind == "quantile":
                millionths = dice.randint(1, 999) * 1000
                name = f"p{millionths // 10000}" + (f"_{millionths % 10000:04d}".rstrip("0") if millionths % 10000 else "")
                self.arguments += ["--quantile", f"{millionths / 1_000_000}:{field}"]
                self.quantile(name, field, millionths)
                continue
            elif kind[0] == "p":
                self.quantile(kind, field, int(kind[1:]) * 10000)
            elif kind in ("sum", "avg"):
                # In exact decimals: sums of doubles depend on their order.
                self.selected[f"{kind}_{field}"] = (
                    f"sum(CAST({field} AS DECIMAL(38, 6)))" if kind == "sum"
                    else f"CAST(sum(CAST({field} AS DECIMAL(38, 6))) AS DOUBLE) / count({field})")
            else:
                self.selected[f"{kind}_{field}"] = f"{kind}({field})"
            self.arguments += [f"--{kind}", field]

    def quantile(self, name, field, millionths):
        values = f"list_sort(list({field}) FILTER ({field} IS NOT NULL))"
        self.selected[f"{name}_{field}"] = f"{values}[(count({field}) * {millionths} + 999999) // 1000000]"
        self.close.add(f"{name}_{field}")

    def sql(self):
        keys = [] if self.bucket == "all" else [f"time // {SECONDS[self.bucket] * 1000} * {SECONDS[self.bucket]}"]
        keys += [TEXTS[field] for field in self.by]
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        group = " GROUP BY ALL" if keys else ""
        return f"SELECT {', '.join(keys + list(self.selected.values()))} FROM events{where}{group}", len(keys)


def same(found, wanted, tolerance):
    if found is None or wanted is None:
        return found is None and wanted is None
    found, wanted = float(found), float(wanted)
    if tolerance is not None:
        return abs(found - wanted) <= tolerance * abs(wanted) + 1e-9
    # Averages are one division of doubles; all else is exact.
    return math.isclose(found, wanted, rel_tol=1e-12, abs_tol=0)


def differences(varve, data, question, connection):
    sql, keys = question.sql()
    wanted = {row[:keys]: row[keys:] for row in connection.execute(sql).fetchall()}
    rows = json.loads(varve.run("query", "--data", data, *question.arguments))
    found = {}
    for row in rows:
        key = (epoch(row["time"]),) if question.bucket != "all" else ()
        found[key + tuple(row[field] for field in question.by)] = row
    if len(found) != len(rows):
        return [f"{len(rows)} rows, {len(found)} keys"]
    wrong = [f"{key} is only in {'varve' if key in found else 'DuckDB'}" for key in set(found) ^ set(wanted)]
    for key in set(found) & set(wanted):
        for name, value in zip(question.selected, wanted[key]):
            estimated = name.startswith("distinct_") and value is not None and value > EXACT_DISTINCT
            tolerance = DISTINCT_TOLERANCE if estimated else TOLERANCE if name in question.close else None
            if not same(found[key].get(name), value, tolerance):
                wrong.append(f"{key} {name}: varve says {found[key].get(name)!r}, DuckDB {value!r}")
    return wrong


def check(bench):
    file, data = bench.generated()
    seed = int(os.environ.get("QUERY_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"      seed {seed} (QUERY_SEED={seed} asks the same again)", flush=True)
    dice = random.Random(seed)
    connection = load(file)
    words = {field: [row[0] for row in connection.execute(
        f"SELECT DISTINCT {column} FROM events WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 50").fetchall()]
        for field, column in TEXTS.items()}
    first, last = connection.execute("SELECT min(time), max(time) FROM events").fetchone()
    failed = []
    for number in range(QUESTIONS):
        question = Question(dice, words, first, last)
        wrong = differences(bench.varve, data, question, connection)
        if wrong:
            failed.append(f"question {number}: varve query {' '.join(question.arguments)}: {len(wrong)} differ, first {wrong[0]}")
    bench.verdicts.check(f"{QUESTIONS} random questions of seed {seed} equal DuckDB's answers", not failed, "\n      ".join(failed[:5]))
