"""The table of bad input: every row names the damage, what the file holds, and what must become of it.

For every row: received = appended + duplicate + rejected; each refusal is told with file:line; the good neighbours are in the
log; and the original bytes of what was refused are under rejected/.
"""

import base64
import json
import os

GOOD = b'{"time":1767225600123,"signal":"retry.attempt","component":"%s","data":{"api_endpoint":"/api/orders"}}'
BEFORE, AFTER = GOOD % b"before", GOOD % b"after"


def between(line):
    return BEFORE + b"\n" + line + b"\n" + AFTER + b"\n"


def event(**fields):
    return json.dumps({"time": 1_767_225_600_123, "signal": "retry.attempt", **fields}, separators=(",", ":")).encode()


TRUNCATED = b'{"time":1767225600123,"signal":"retry.at'
INVALID_UTF8 = b'{"time":1767225600123,"signal":"retry.attempt","component":"\xff\xfe\xc3"}'
LONG = event(data={"error_message": "x" * (2 << 20)})
NAN = b'{"time":1767225600123,"signal":"retry.attempt","data":{"duration_ms":NaN}}'
NO_SIGNAL = b'{"time":1767225600123,"component":"PaymentButton"}'
YEAR_9999 = event(time="9999-12-31T23:59:59Z")
YEAR_1970 = event(time="1970-01-01T00:00:01Z")
SECONDS = event(time=1_767_225_600)
BINARY = bytes(range(256)) * 16

#: name, content, good events, refused lines as (line number, original bytes)
CASES = [
    ("a truncated last line", BEFORE + b"\n" + AFTER + b"\n" + TRUNCATED, 2, [(3, TRUNCATED)]),
    ("a last line without newline", BEFORE + b"\n" + AFTER, 2, []),
    ("lines that end in CR LF", BEFORE + b"\r\n" + AFTER + b"\r\n", 2, []),
    ("invalid UTF-8", between(INVALID_UTF8), 2, [(2, INVALID_UTF8)]),
    ("a 2 MB string", between(LONG), 2, [(2, LONG)]),
    ("NaN", between(NAN), 2, [(2, NAN)]),
    ("a missing signal", between(NO_SIGNAL), 2, [(2, NO_SIGNAL)]),
    ("a time of year 9999", between(YEAR_9999), 2, [(2, YEAR_9999)]),
    ("a time of year 1970", between(YEAR_1970), 2, [(2, YEAR_1970)]),
    ("seconds where milliseconds are expected", between(SECONDS), 2, [(2, SECONDS)]),
    ("an array where an object is expected", between(b"[1,2]"), 2, [(2, b"[1,2]")]),
    ("three bad lines in a row", BEFORE + b"\n" + b"\n".join([NAN, NO_SIGNAL, INVALID_UTF8]) + b"\n" + AFTER + b"\n", 2,
     [(2, NAN), (3, NO_SIGNAL), (4, INVALID_UTF8)]),
]


def kept_bytes(data):
    """Everything under rejected/ that can hold original bytes: raw files, and `text` or `bytes_base64` of dead-letter lines."""
    raw, decoded = b"", []
    for folder, _, names in os.walk(os.path.join(data, "rejected")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            raw += content
            for line in content.splitlines():
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict) and isinstance(record.get("text"), str):
                    decoded.append(record["text"].encode())
                if isinstance(record, dict) and isinstance(record.get("bytes_base64"), str):
                    decoded.append(base64.b64decode(record["bytes_base64"]))
    return raw, decoded


def check(bench):
    for number, (name, content, good, refused) in enumerate(CASES):
        try:
            mixed(bench, number, name, content, good, refused)
        except Exception as error:
            bench.verdicts.check(f"bad input, {name}", False, str(error))
    for special in (empty_file, binary_file, directory, missing_file, several_files):
        try:
            special(bench)
        except Exception as error:
            bench.verdicts.check(f"bad input, {special.__name__.replace('_', ' ')}", False, str(error))


def mixed(bench, number, name, content, good, refused):
    """Good neighbours go in, the bad line is told and kept, and the command succeeds."""
    varve, data, file = bench.varve, bench.path(f"bad-{number}"), bench.path(f"bad-{number}.ndjson")
    with open(file, "wb") as out:
        out.write(content)
    receipt = varve.ingest(data, "ndjson", file)
    problems = receipt_problems(receipt, good + len(refused), good, len(refused))
    for line, _ in refused:
        if f"{os.path.basename(file)}:{line}:" not in varve.errors:
            problems.append(f"no message names {os.path.basename(file)}:{line}; said: {varve.errors.strip()[:300]}")
    problems += missing_bytes(data, refused)
    events = [json.loads(line) for line in varve.run("cat", "--data", data, "--json").splitlines()]
    components = [event.get("component") for event in events]
    if components != ["before", "after"][:good]:
        problems.append(f"the good neighbours in the log are {components}")
    bench.verdicts.check(f"bad input, {name}", not problems, "; ".join(problems))


def receipt_problems(receipt, received, appended, rejected):
    wanted = {"received": received, "appended": appended, "duplicate": 0, "rejected": rejected}
    found = {name: receipt.get(name) for name in wanted}
    return [] if found == wanted else [f"receipt {found}, expected {wanted}"]


def missing_bytes(data, refused):
    raw, decoded = kept_bytes(data)
    return [f"the {len(original):,} original bytes of line {line} are not under rejected/"
            for line, original in refused if original not in decoded and original not in raw]


def empty_file(bench):
    file, data = bench.path("empty.ndjson"), bench.path("bad-empty")
    open(file, "wb").close()
    receipt = bench.varve.ingest(data, "ndjson", file)
    problems = receipt_problems(receipt, 0, 0, 0)
    bench.verdicts.check("bad input, an empty file: nothing received, no error", not problems, "; ".join(problems))


def binary_file(bench):
    """Every record refused is exit 65, and all the bytes are kept."""
    file, data = bench.path("binary.ndjson"), bench.path("bad-binary")
    with open(file, "wb") as out:
        out.write(BINARY)
    receipt = bench.varve.ingest(data, "ndjson", file, expect=65)
    problems = []
    if receipt["appended"] != 0 or receipt["rejected"] == 0 or receipt["received"] != receipt["rejected"]:
        problems.append(f"receipt {receipt}")
    if "binary.ndjson:1:" not in bench.varve.errors:
        problems.append(f"no message names binary.ndjson:1; said: {bench.varve.errors.strip()[:300]}")
    raw, decoded = kept_bytes(data)
    lines = [line for line in BINARY.split(b"\n") if line.strip()]
    lost = [line for line in lines if line not in decoded and line.rstrip(b"\r") not in decoded and line not in raw]
    if lost and BINARY not in raw and BINARY not in decoded:
        problems.append(f"{len(lost)} of {len(lines)} records are not under rejected/")
    bench.verdicts.check("bad input, a binary file: all refused (exit 65), all bytes kept", not problems, "; ".join(problems))


def directory(bench):
    folder = bench.path("a-directory")
    os.makedirs(folder, exist_ok=True)
    bench.varve.run("ingest", folder, "--data", bench.path("bad-directory"), "--format", "ndjson", "--json", expect=None)
    said = bench.varve.errors
    clear = bench.varve.code in (64, 74) and "a-directory" in said and "directory" in said.replace("a-directory", "")
    bench.verdicts.check("bad input, a directory: a clear line, exit 64 or 74", clear,
                         f"exit {bench.varve.code}: {said.strip()[:300]}")


def missing_file(bench):
    bench.varve.run("ingest", bench.path("not-there.ndjson"), "--data", bench.path("bad-missing"), "--format", "ndjson",
                    "--json", expect=None)
    clear = bench.varve.code in (64, 74) and "not-there.ndjson" in bench.varve.errors
    bench.verdicts.check("bad input, a file that is not there: a clear line, exit 64 or 74", clear,
                         f"exit {bench.varve.code}: {bench.varve.errors.strip()[:300]}")


def several_files(bench):
    """A bad line in the second of three files is named by that file and its own line number."""
    data, files = bench.path("bad-several"), [bench.path(f"part-{part}.ndjson") for part in (1, 2, 3)]
    for file, content in zip(files, (BEFORE + b"\n", NO_SIGNAL + b"\n" + BEFORE + b"\n", AFTER + b"\n")):
        with open(file, "wb") as out:
            out.write(content)
    receipt = bench.varve.ingest(data, "ndjson", *files)
    problems = receipt_problems(receipt, 4, 3, 1) + missing_bytes(data, [(1, NO_SIGNAL)])
    if "part-2.ndjson:1:" not in bench.varve.errors:
        problems.append(f"no message names part-2.ndjson:1; said: {bench.varve.errors.strip()[:300]}")
    bench.verdicts.check("bad input, a bad line in the second of three files", not problems, "; ".join(problems))
