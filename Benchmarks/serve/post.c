// Bodies of events, as fast as the server takes them or at a rate.
//
//   driver post PORT BODIES CONNECTIONS EVENTS_PER_SECOND SECONDS NOW GZIP
//
// BODIES is a file of prepared bodies: for each its bytes and events as two 32-bit little-endian numbers, then the body. With a rate
// of 0 every body is sent once, each connection sending its next when it has an answer. With a rate they are sent again and again for
// SECONDS; a body's latency counts from the moment at which it was due. NOW = 1 writes the present time over the 13 digits behind
// `{"time":` of each line. A body that is answered 503 or 429 is sent again.

#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

struct body {
    char *bytes;
    uint32_t length, events;
};

struct work {
    struct body *bodies;
    size_t count, next;
    int now, gzip;
    uint64_t sent, answered, acknowledged, again, refused;
    struct samples latencies;
};

static void read_bodies(struct work *work, const char *path) {
    int fd = open(path, O_RDONLY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) fail(path);
    char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (bytes == MAP_FAILED) fail("mmap");
    for (size_t at = 0; at + 8 <= (size_t)status.st_size;) {
        work->bodies = realloc(work->bodies, (work->count + 1) * sizeof(struct body));
        struct body *body = &work->bodies[work->count++];
        memcpy(&body->length, bytes + at, 4);
        memcpy(&body->events, bytes + at + 4, 4);
        body->bytes = bytes + at + 8;
        at += 8 + (size_t)body->length;
    }
    if (work->count == 0) fail("no bodies");
}

static void write_time(struct body *body) {
    char digits[16];
    snprintf(digits, sizeof digits, "%013lld", (long long)(wall() / 1000000));
    char *line = body->bytes, *end = body->bytes + body->length;
    while (line + 21 < end) {
        memcpy(line + 8, digits, 13);
        char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next) return;
        line = next + 1;
    }
}

static void give(struct work *work, struct connection *connection, struct body *body, int64_t since) {
    if (work->now) write_time(body);
    char *head = connection->user;
    int length = snprintf(head, 256, "POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
                          "%sContent-Length: %u\r\n\r\n", work->gzip ? "Content-Encoding: gzip\r\n" : "", body->length);
    connection->parts[0] = head;
    connection->lengths[0] = (size_t)length;
    connection->parts[1] = body->bytes;
    connection->lengths[1] = body->length;
    connection->since = since;
    connection->busy = 1;
    connection->events = (uint32_t)(body - work->bodies);
    work->sent++;
    send_more(connection);
}

static uint64_t member(const char *text, const char *name) {
    const char *found = strstr(text, name);
    return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

// Takes an answer. Returns 1 when the body must be sent again.
static int take(struct work *work, struct connection *connection) {
    size_t body, end;
    int status = whole_answer(connection, &body, &end);
    if (status == 0) return 0;
    connection->in[end] = 0;
    int again = status == 503 || status == 429;
    if (again) {
        work->again++;
    } else {
        if (status != 200) {
            work->refused++;
            if (work->refused == 1) fprintf(stderr, "driver: %.600s\n", connection->in);
        } else {
            work->acknowledged += member(connection->in + body, "\"appended\":");
        }
        work->answered++;
        sample_add(&work->latencies, monotonic() - connection->since);
        connection->busy = 0;
    }
    connection->in_count = 0;
    return again;
}

int run_post(int argc, char **argv) {
    if (argc < 7) fail("usage: driver post PORT BODIES CONNECTIONS EVENTS_PER_SECOND SECONDS NOW GZIP");
    int port = atoi(argv[0]), connections = atoi(argv[2]);
    double rate = atof(argv[3]), seconds = atof(argv[4]);
    struct work work = {.now = atoi(argv[5]), .gzip = atoi(argv[6])};
    read_bodies(&work, argv[1]);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    int poll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        open_connection(&all[i], port, 0);
        all[i].user = malloc(256);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    int64_t start = monotonic(), due = start, stop = start + (int64_t)(seconds * 1e9);
    uint64_t late = 0;
    for (;;) {
        int64_t now = monotonic();
        int busy = 0, wait = 1000;
        for (int i = 0; i < connections; i++) {
            if (!all[i].busy) {
                if (rate > 0 ? due < stop && due <= now : work.next < work.count) {
                    struct body *body = &work.bodies[work.next++ % work.count];
                    if (rate > 0 && now - due > 1000000000) late++;
                    give(&work, &all[i], body, rate > 0 ? due : now);
                    if (rate > 0) due += (int64_t)(body->events * 1e9 / rate);
                }
            }
            busy += all[i].busy;
        }
        if (busy == 0 && (rate > 0 ? due >= stop : work.next >= work.count)) break;
        if (rate > 0 && busy < connections && due < stop) {
            int64_t rest = due - monotonic();
            wait = rest <= 0 ? 0 : (int)(rest / 1000000) + 1;
        }
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, wait);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->busy) send_more(connection);
            if (!receive_more(connection)) {
                errno = 0;
                fprintf(stderr, "%.600s\n", connection->in);
                fail("the server closed a connection");
            }
            if (connection->busy && take(&work, connection)) {
                usleep(2000);
                give(&work, connection, &work.bodies[connection->events], connection->since);
            }
        }
    }
    double wall_seconds = (double)(monotonic() - start) / 1e9;
    printf("{\"bodies\": %llu, \"acknowledged\": %llu, \"again\": %llu, \"refused\": %llu, \"late\": %llu, \"seconds\": %.4f, "
           "\"cpu_seconds\": %.4f, ",
           (unsigned long long)work.answered, (unsigned long long)work.acknowledged, (unsigned long long)work.again,
           (unsigned long long)work.refused, (unsigned long long)late, wall_seconds, used_cpu());
    sample_print(&work.latencies);
    printf("}\n");
    return work.refused > 0;
}
