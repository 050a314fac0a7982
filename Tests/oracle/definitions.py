"""SQL from view definitions as data (`varve catalog views --json`): every built-in view that merges, computed by DuckDB.

The events are one wide table: the envelope, and per attribute that any view reads a column for numbers, one for text and one for
booleans. A view is one query: bucket and dimensions are what it groups by, each measure is an aggregate with a FILTER, and what
a view derives when it is read is derived here from the aggregates."""

import json

ENVELOPE = {"id": "id", "tenant": "tenant", "component": "component", "session": "session_id", "user": "user_id"}
SECONDS = {"hour": 3600, "day": 86400}


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


def fields_of(condition):
    if condition is None:
        return []
    (kind, value), = condition.items()
    if kind in ("all", "any"):
        return [field for part in value for field in fields_of(part)]
    return fields_of(value) if kind == "not" else [value] if kind == "exists" else [value[0]]


def attributes(views):
    """The names of all attributes that the views read."""
    names = set()
    for view in views:
        fields = fields_of(view["filter"]) + [dimension["field"] for dimension in view["dimensions"]]
        for measure in view["measures"]:
            fields += fields_of(measure["when"]) + ([measure["field"]] if measure["field"] else [])
        names |= {field["name"] for field in fields if field["place"] == "attribute"}
    return sorted(names)


def load(connection, file, views):
    """The table `events`. `n` counts lines: among events of one time the later line is the later event."""
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = true")
    columns = []
    for name in attributes(views):
        path = quoted(f'$."{name}"')
        columns.append(f"""CASE WHEN json_type(data, {path}) IN ('UBIGINT', 'BIGINT', 'DOUBLE')
            THEN CAST(data ->> {path} AS DOUBLE) END AS "n_{name}" """)
        columns.append(f"""CASE WHEN json_type(data, {path}) = 'VARCHAR' THEN data ->> {path} END AS "t_{name}" """)
        columns.append(f"""CASE WHEN json_type(data, {path}) = 'BOOLEAN' THEN CAST(data ->> {path} AS BOOLEAN) END AS "b_{name}" """)
    connection.execute(f"""CREATE TABLE events AS
        SELECT row_number() OVER () AS n, time, signal, component, session_id, user_id, CAST(NULL AS VARCHAR) AS tenant,
            CAST(NULL AS VARCHAR) AS id, {', '.join(columns)}
        FROM read_json({quoted(file)}, format = 'newline_delimited', maximum_object_size = 1000000, columns = {{
            time: 'BIGINT', signal: 'VARCHAR', component: 'VARCHAR', session_id: 'VARCHAR', user_id: 'VARCHAR', data: 'JSON'}})""")


def number(field):
    return f'"n_{field["name"]}"' if field["place"] == "attribute" else "CAST(NULL AS DOUBLE)"


def text(field):
    """The value as text, as a view shows it."""
    if field["place"] == "signal":
        return "signal"
    if field["place"] == "envelope":
        return ENVELOPE[field["name"]]
    name = field["name"]
    return (f'coalesce("t_{name}", CAST("b_{name}" AS VARCHAR), CASE WHEN "n_{name}" = trunc("n_{name}") '
            f'THEN CAST(CAST("n_{name}" AS BIGINT) AS VARCHAR) ELSE CAST("n_{name}" AS VARCHAR) END)')


def comparison(field, symbol, value):
    """Two-valued: false where the value is absent, or of another kind (then only != holds)."""
    if isinstance(value, bool):
        column, other = f'"b_{field["name"]}"', "TRUE" if value else "FALSE"
    elif isinstance(value, (int, float)):
        column, other = number(field), repr(value)
    else:
        column = text(field) if field["place"] != "attribute" else f'"t_{field["name"]}"'
        other = quoted(value)
    if symbol == "!=":
        return f"({text(field)} IS NOT NULL AND ({column} IS NULL OR {column} <> {other}))"
    return f"coalesce({column} {symbol} {other}, FALSE)"


def sql(condition):
    if condition is None:
        return "TRUE"
    (kind, value), = condition.items()
    if kind in ("all", "any"):
        return "(" + (" AND " if kind == "all" else " OR ").join(map(sql, value)) + ")"
    if kind == "not":
        return f"(NOT {sql(value)})"
    if kind == "compare":
        return comparison(*value)
    if kind == "in":
        return "(" + " OR ".join(comparison(value[0], "=", each) for each in value[1]) + ")"
    if kind == "prefix":
        return f"coalesce(starts_with({text(value[0])}, {quoted(value[1])}), FALSE)"
    return f"({text(value)} IS NOT NULL)"


def source(view):
    parts = [f"starts_with(signal, {quoted(prefix)})" for prefix in view["signals"]["prefixes"]]
    if view["signals"]["names"]:
        parts.append("signal IN (" + ", ".join(map(quoted, view["signals"]["names"])) + ")")
    return f"({' OR '.join(parts) or 'TRUE'}) AND {sql(view['filter'])}"


def dimension(each):
    value, transform = text(each["field"]), each["transform"]
    if transform is None:
        return value
    if isinstance(transform, dict):
        return f"substr({value}, 1, {transform['prefix']})"
    if transform == "lower":
        return f"lower({value})"
    raise ValueError(f"no SQL for the transform {transform}")


def aggregates(measure):
    """{column: aggregate}; names that begin with _ are needed for derived columns only."""
    when, field, name = f"FILTER ({sql(measure['when'])})", measure["field"], measure["name"]
    kind = measure["kind"]
    if kind == "count":
        return {name: f"count(*) {when}"}
    if kind == "sum":
        value = number(field)
        return {name: f"sum(CAST({value} AS DECIMAL(30, 6))) {when}", "_n_" + name: f"count({value}) {when}"}
    if kind in ("min", "max"):
        return {name: f"{kind}({number(field)}) {when}"}
    if kind == "last":
        there = f"FILTER ({sql(measure['when'])} AND {text(field)} IS NOT NULL)"
        return {name: f"arg_max({text(field)}, (time, n)) {there}"}
    if kind == "distinct":
        return {name: f"count(DISTINCT {text(field)}) {when}"}
    if kind == "top":
        return {name: f"histogram({text(field)}) {when}"}
    found = {}
    for column in measure["columns"]:
        value = number(field)
        if column["statistic"] == "quantile":
            rank = f"(count({value}) {when} * {column['millionths']} + 999999) // 1000000"
            found[column["name"]] = f"list_sort(list({value}) FILTER ({sql(measure['when'])} AND {value} IS NOT NULL))[{rank}]"
        else:
            found[column["name"]] = f"{column['statistic']}({value}) {when}"
    return found


def kinds(view):
    """{column: kind}, to compare each as it should be."""
    found = {}
    for measure in view["measures"]:
        if measure["kind"] != "quantiles":
            found[measure["name"]] = measure["kind"]
            continue
        for column in measure["columns"]:
            found[column["name"]] = column["statistic"]
    return found | {column["name"]: "derived" for column in view["derived"]}


def answer(connection, view, by, level):
    """{(bucket in seconds, dimension, …): {column: value}} by the dimensions `by`; rows without anything in them left out."""
    columns = {}
    for measure in view["measures"]:
        columns |= aggregates(measure)
    shown = [each for each in view["dimensions"] if each["name"] in by]
    groups = [f"time // {SECONDS[level] * 1000} * {SECONDS[level]}"] + [dimension(each) for each in shown]
    query = (f"SELECT {', '.join(groups + list(columns.values()))} FROM events WHERE {source(view)} "
             f"GROUP BY {', '.join(str(place + 1) for place in range(len(groups)))}")
    table = {}
    for row in connection.execute(query).fetchall():
        values = dict(zip(columns, row[len(groups):]))
        if all(value in (None, 0, {}) for value in values.values()):
            continue
        for column in view["derived"]:
            values[column["name"]] = derive(column, values, SECONDS[level])
        table[row[:len(groups)]] = {name: value for name, value in values.items() if not name.startswith("_")}
    return table


def derive(column, values, seconds):
    def total(names):
        found = [values[name] for name in names]
        return None if any(value is None for value in found) else float(sum(map(float, found)))
    if "ratio" in column:
        part, whole = map(total, column["ratio"])
        return None if part is None or not whole else part / whole
    if "mean" in column:
        count = values["_n_" + column["mean"]]
        return float(values[column["mean"]]) / count if count else None
    value = values[column["per_second"]]
    return None if value is None else float(value) / seconds


def definitions(varve):
    return json.loads(varve.run("catalog", "views", "--json"))
