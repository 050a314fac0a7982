"""The notes without which the tables would not be fair: per kind of work, what a peer does that varve does not, and the other
way round. Plain text, printed below the figures."""

QUERIES = """\
Ratios are a peer's median over varve's: above 1 varve is faster. For bytes the ratio is varve's over the peer's:
below 1 varve is smaller. `cpu` lines add user and system time of all threads of the process; on a busy machine they
are the steadier figure.
What the peers do that varve does not: SQL, joins, updates; DuckDB and ClickHouse can answer any question of these
columns, varve's replay folds declared views. ClickHouse sorts by time at insert and merges in the background; its
bytes are counted when the merges have ended. Where an exact quantile was the faster way, the peer's figure is the
exact one.
What varve does that the peers do not: every load ends durable (fsync) with an offset per event, an observed time per
event, a chain of hashes, refused lines kept aside. ClickHouse's default insert is not fsynced; DuckDB's commit is.
Varve's quantiles are sketches with a relative error of at most 0.55 %; its counts are exact, its distinct users exact
up to 65,536 per cell.
How it was timed: peers inside their own warm process, the statement alone, rows computed and dropped (FORMAT Null,
EXPLAIN ANALYZE), the fastest of the listed ways for each view. Varve's load is the whole process; its replay is what
the command states (from opening the log to merged states, reading, checking and decoding included: it keeps nothing
warm but the page cache), and one line shows the whole process. One thread means one core for every engine, pinned.
Nothing of varve was set that a user does not get by default; of the peers only the thread count was.
1 % more events: append is the load, on one core. Asked again: DuckDB and ClickHouse run their five queries over
everything; varve replays with the states of sealed segments that it keeps. Into kept views: varve's ingest and then
`project` into SQLite, as two processes from their start; ClickHouse's insert with five materialized views of aggregate
states attached (sql/clickhouse/kept.sql) and then reading the five. DuckDB keeps no views. ClickHouse's kept views
are durable no sooner than its tables are, and count twice what is inserted twice; varve's commit together with how far
they have come."""

APPEND = """\
The rate is every event acknowledged over the time from the first hand-over to the last acknowledgement. Producers are
loops in one process that use both cores with the server or the writer beside them; the ratio is varve's rate over the
peer's, above 1 varve is faster.
What the peers do that varve does not: they are servers, reached over sockets of this machine, and can serve producers
on other machines; varve is a library in the producers' process, so no event crosses a socket. JetStream can replicate.
What varve does that the peers do not: JetStream and Redis store a producer's bytes as they came. Varve takes events
apart into columns, leaves out ids that it has already, compresses, and chains hashes, before it acknowledges.
In flight: every producer of every system has as many events on their way as the row says, and is told of each when it is
durable. The peers' drivers publish asynchronously: a producer writes messages to its socket while its window has room,
and reads answers, which both servers give for each message. Varve's `pipelined` does the same with an EventProducer: a task
for each producer sends values of the program one by one while its window has room, and is told of ranges of them; each
64th event is timed. `events` are such values given to EventAppender.append by a task for each event in flight, `rows` such
values put into batches, `lines` batches parsed from NDJSON lines, of one line each for single events; the faster way
counts. The peers' drivers send lines that lie ready, all into one stream; varve has one log.
A batch is one message of many lines (`packed`) or many messages, and the faster way counts; a packed batch is opaque
to the server: none of its events can be addressed, counted or filtered there. Redis keeps all entries in memory.
The drivers speak the servers' own protocols on non-blocking sockets from one thread, which leaves the cores to the
server. What cannot slow an append was turned off: Redis's snapshots and rewriting of its file.
Every sample began with an empty store and was checked: events stored = events acknowledged, for sync also after a
kill -9 and a start (that shows the files are whole; power cuts are simulated in this project's tests, not here)."""

FOLLOW = """\
Not the same thing is visible everywhere. Varve: the event is durable, folded, and committed to five views in SQLite,
read from another process. ClickHouse: its insert has returned, with five materialized views attached; not fsynced,
one insert after the other of as many events as varve's append has, in process. JetStream and Redis: the event itself,
fsynced (sync always), has reached one consumer over a socket; they have no views. Where a server
does not keep the rate, the figure is at the first tenth of it that it keeps, and says so."""

VARVE = """\
Goals are those of the project. `as of` is p99 over random offsets; growth compares the medians of CPU time per event
(bytes per event for the log), so that other processes do not enter; recovery counts the active segment's bytes."""

SHAPES = """\
Views, columns and the same questions in SQL lie in Benchmarks/peers/shapes; the events come from `varve generate --shape`,
their number is --events (of access half as many, of spans 15 %). Otherwise as above. A view of values of 100,000 paths
keeps each combination; the most frequent values are exact in varve where at most 64 × k different ones occur, and are else
exact counts of a fixed sample, as is topK in ClickHouse and approx_top_k in DuckDB; the exact ways are listed too."""

ALL = {"shapes": SHAPES, "queries": QUERIES, "append": APPEND, "follow": FOLLOW, "varve": VARVE}
