"""What DuckDB says. Quantiles are spelled out as the value of rank ⌈Q·count⌉ of the sorted values, in integers, so that no
library's idea of a percentile stands between the definition and the check."""

import duckdb

NDJSON = """read_json('{file}', format = 'newline_delimited', columns = {{
    time: 'BIGINT', signal: 'VARCHAR', component: 'VARCHAR', user_id: 'VARCHAR',
    data: 'STRUCT(duration_ms DOUBLE, api_endpoint VARCHAR)'}})"""

LATENCY = ["count", "p50_ms", "p95_ms", "p99_ms", "max_ms"]


def literal(path):
    return path.replace("'", "''")


def rank(percent):
    return f"list_sort(list(duration_ms))[(count(*) * {percent} + 99) // 100]"


def latency_sql(table, group):
    return (f"SELECT {group}, count(*), {rank(50)}, {rank(95)}, {rank(99)}, max(duration_ms) FROM {table} "
            f"WHERE duration_ms IS NOT NULL GROUP BY ALL")


def table(connection, sql, keys, measures):
    """{(key, …): {measure: value}} from a query whose first `keys` columns are the key."""
    rows = connection.execute(sql).fetchall()
    return {row[:keys]: dict(zip(measures, row[keys:])) for row in rows}


def events(file):
    """The generated events as a table `events` with `time` in ms, in a database of its own."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"""CREATE TABLE events AS SELECT time, signal, component, user_id, data.duration_ms AS duration_ms,
        data.api_endpoint AS api_endpoint, time // 3600000 * 3600 AS hour, time // 86400000 * 86400 AS day
        FROM {NDJSON.format(file=literal(file))}""")
    return connection


def count_of(signal):
    return f"count(*) FILTER (signal = '{signal}')"


def rollback_rate(connection):
    return table(connection, f"""SELECT hour, component, {count_of('optimistic_action.start')},
        {count_of('optimistic_action.rollback')} FROM events
        WHERE signal IN ('optimistic_action.start', 'optimistic_action.rollback') GROUP BY ALL""", 2, ["started", "rollbacks"])


def retry_success(connection):
    return table(connection, f"""SELECT hour, api_endpoint, {count_of('retry.attempt')}, {count_of('retry.success')},
        {count_of('retry.failure')} FROM events WHERE signal IN ('retry.attempt', 'retry.success', 'retry.failure')
        GROUP BY ALL""", 2, ["attempts", "successes", "failures"])


def volume(connection):
    return table(connection, "SELECT hour, signal, count(*) FROM events GROUP BY ALL", 2, ["events"])


def active_users(connection):
    return table(connection, "SELECT day, count(DISTINCT user_id) AS n FROM events GROUP BY ALL HAVING n > 0", 1, ["users"])


def latency(connection, source="events"):
    return table(connection, latency_sql(source, "hour, component, signal"), 3, LATENCY)


def traces(files):
    """The boutique spans, one row per (TraceID, SpanID), as the mapping turns them into events."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    listed = ", ".join(f"'{literal(file)}'" for file in files)
    connection.execute(f"""CREATE TABLE spans AS
        SELECT any_value(PodName) AS component,
               any_value(CASE ParentID WHEN 'root' THEN 'rpc.root' ELSE 'rpc.span' END) AS signal,
               any_value(StartTimeUnixNano) // 3600000000000 * 3600 AS hour, any_value(Duration) / 1000.0 AS duration_ms
        FROM read_csv([{listed}], header = true, columns = {{TraceID: 'VARCHAR', SpanID: 'VARCHAR', ParentID: 'VARCHAR',
            PodName: 'VARCHAR', OperationName: 'VARCHAR', StartTimeUnixNano: 'BIGINT', EndTimeUnixNano: 'BIGINT',
            Duration: 'BIGINT'}})
        GROUP BY TraceID, SpanID""")
    return connection
