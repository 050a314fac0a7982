// From the moment at which an event is sent to the moment at which each of many subscribers has it.
//
//   driver stream PORT SUBSCRIBERS PROBES_PER_SECOND SECONDS
//
// Each probe is one event of the signal `bench.probe` in a request of its own, and carries the moment at which the request was due.

#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static const char *const mark = "\"sent_ns\":";

// Takes the probes that have come whole, and leaves the rest.
static void take(struct connection *connection, struct samples *latencies, int64_t now) {
    char *at = connection->in, *end = connection->in + connection->in_count;
    for (;;) {
        char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));
        char *line = found ? memchr(found, '\n', (size_t)(end - found)) : NULL;
        if (!line) break;
        sample_add(latencies, now - strtoll(found + strlen(mark), NULL, 10));
        at = line;
    }
    size_t left = (size_t)(end - at);
    if (left > 65536) at = end - 65536, left = 65536;
    memmove(connection->in, at, left);
    connection->in_count = left;
}

int run_stream(int argc, char **argv) {
    if (argc < 4) fail("usage: driver stream PORT SUBSCRIBERS PROBES_PER_SECOND SECONDS");
    int port = atoi(argv[0]), count = atoi(argv[1]), poll = epoll_create1(0);
    double rate = atof(argv[2]), seconds = atof(argv[3]);
    struct connection *all = calloc((size_t)count + 1, sizeof *all), *poster = &all[count];
    for (int i = 0; i <= count; i++) {
        open_connection(&all[i], port, i < count ? 65536 : 0);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
        if (i == count) break;
        all[i].parts[0] = "GET /api/v1/stream?signal=bench.probe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        all[i].lengths[0] = strlen(all[i].parts[0]);
        if (!send_more(&all[i])) fail("a request was not taken");
    }
    // All must have their head before the first probe.
    int open = 0;
    struct epoll_event events[64];
    for (int64_t until = monotonic() + 30000000000; open < count && monotonic() < until;) {
        int ready = epoll_wait(poll, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!receive_more(connection)) fail("the server closed a stream");
            if (!connection->events && memmem(connection->in, connection->in_count, "\r\n\r\n", 4)) {
                if (memcmp(connection->in, "HTTP/1.1 200", 12) != 0) fail("a stream was refused");
                connection->events = 1;
                connection->in_count = 0;
                open++;
            }
        }
    }
    if (open < count) fail("not every stream was opened");
    struct samples latencies = {0}, answers = {0};
    uint64_t total = (uint64_t)(rate * seconds), sent = 0;
    char text[512], body[160];
    int64_t start = monotonic() + 500000000, last = 0;
    while (sent < total || poster->busy || (latencies.count < total * (uint64_t)count && monotonic() - last < 5000000000)) {
        int64_t now = monotonic(), due = start + (int64_t)((double)sent * 1e9 / rate);
        if (!poster->busy && sent < total && due <= now) {
            int length = snprintf(body, sizeof body, "{\"time\":%lld,\"signal\":\"bench.probe\",\"data\":{\"sent_ns\":%lld}}\n",
                                  (long long)(wall() / 1000000), (long long)due);
            int all_length = snprintf(text, sizeof text, "POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                                      "application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s", length, body);
            poster->parts[0] = text;
            poster->lengths[0] = (size_t)all_length;
            poster->since = due;
            poster->busy = 1;
            sent++;
            last = now;
            if (!send_more(poster)) fail("a probe was not taken");
        }
        int64_t rest = start + (int64_t)((double)sent * 1e9 / rate) - monotonic();
        int wait = sent >= total || poster->busy ? 200 : rest <= 0 ? 0 : (int)(rest / 1000000) + 1;
        int ready = epoll_wait(poll, events, 64, wait);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            errno = 0;
            if (!receive_more(connection)) fail("the server closed a connection");
            size_t from, end;
            if (connection != poster) {
                take(connection, &latencies, monotonic());
            } else if (poster->busy && whole_answer(poster, &from, &end) != 0) {
                if (memcmp(poster->in, "HTTP/1.1 200", 12) != 0) fail(poster->in);
                sample_add(&answers, monotonic() - poster->since);
                poster->in_count = 0;
                poster->busy = 0;
            }
        }
    }
    printf("{\"probes\": %llu, \"expected\": %llu, \"received\": %llu, \"seconds\": %.4f, \"cpu_seconds\": %.4f, \"answer\": {",
           (unsigned long long)sent, (unsigned long long)(total * (uint64_t)count), (unsigned long long)latencies.count,
           (double)(monotonic() - start) / 1e9, used_cpu());
    sample_print(&answers);
    printf("}, ");
    sample_print(&latencies);
    printf("}\n");
    return latencies.count != total * (uint64_t)count;
}
