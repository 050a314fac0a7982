"""Requests of remote write 1.0, without a library: protobuf by hand, and snappy as literals only."""

import struct


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def snappy(data):
    out = bytearray(varint(len(data)))
    for start in range(0, len(data), 60):
        piece = data[start:start + 60]
        out.append((len(piece) - 1) << 2)
        out += piece
    return bytes(out)


def request(series):
    """One body for pairs of labels and points."""
    message = bytearray()
    for labels, points in series:
        body = bytearray()
        for name in sorted(labels):
            body += field(1, field(1, name.encode()) + field(2, labels[name].encode()))
        for time, value in points:
            body += field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(time))
        message += field(1, bytes(body))
    return snappy(bytes(message))


HEADERS = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
           "X-Prometheus-Remote-Write-Version": "0.1.0"}


def bodies(series, slice_milliseconds=600_000):
    """Bodies whose samples come in the order of time, so that none is too old where it arrives."""
    first = min(one.points[0][0] for one in series)
    last = max(one.points[-1][0] for one in series)
    for start in range(first, last + 1, slice_milliseconds):
        part = [(one.labels, [p for p in one.points if start <= p[0] < start + slice_milliseconds]) for one in series]
        part = [(labels, points) for labels, points in part if points]
        if part:
            yield request(part)
