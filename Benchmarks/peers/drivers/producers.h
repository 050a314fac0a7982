/* Many producers on one thread, whatever the protocol: sockets, windows of appends in flight, and how long each took.
 *
 * A driver (jetstream.c, redis.c) says how an append is written and how an answer is read; the rest is here. One thread with
 * non-blocking sockets costs little, so that the two cores go to the server that is measured.
 *
 *     producer ──► out buffer ──► socket ──► server     a window of appends, each with the time it began;
 *              ◄── in buffer  ◄── socket ◄──               an answer takes the oldest, or the one it names
 *
 * Every event is one line of the file of events, sent as it stands. */
#ifndef PRODUCERS_H
#define PRODUCERS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "%s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec * 1e-9;
}

/* Bytes that grow at one end and are used up at the other. */
struct buffer { char *bytes; size_t start, end, room; };

static char *reserve(struct buffer *buffer, size_t count) {
    if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
    if (buffer->end + count > buffer->room) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
        buffer->end -= buffer->start;
        buffer->start = 0;
        while (buffer->end + count > buffer->room) buffer->room = buffer->room ? buffer->room * 2 : 1 << 16;
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        if (!buffer->bytes) fail("no memory");
    }
    return buffer->bytes + buffer->end;
}

static void put(struct buffer *buffer, const char *bytes, size_t count) {
    memcpy(reserve(buffer, count), bytes, count);
    buffer->end += count;
}

/* The lines of the file of events, without their line feeds; after the last one comes the first. */
struct lines { const char *bytes; uint32_t *starts; uint32_t count; };

static struct lines read_lines(const char *path, uint32_t most) {
    struct lines lines = {0};
    struct stat status;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status)) fail(path);
    size_t size = status.st_size > 1 << 30 ? 1 << 30 : (size_t)status.st_size;
    lines.bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    lines.starts = malloc(((size_t)most + 1) * sizeof(uint32_t));
    if (lines.bytes == MAP_FAILED || !lines.starts) fail("no memory for the events");
    const char *at = lines.bytes, *end = lines.bytes + size, *feed;
    for (lines.starts[0] = 0; lines.count < most && at < end && (feed = memchr(at, '\n', end - at)); at = feed + 1)
        lines.starts[++lines.count] = (uint32_t)(feed + 1 - lines.bytes);
    if (!lines.count) { errno = 0; fail("the file of events has no line"); }
    return lines;
}

static const char *line(const struct lines *lines, uint64_t number, uint32_t *length) {
    uint32_t at = number % lines->count;
    *length = lines->starts[at + 1] - lines->starts[at] - 1;
    return lines->bytes + lines->starts[at];
}

/* One append in flight: when it was handed over, and how many of its messages have no answer yet. */
struct append { double start; uint32_t open; };

struct producer {
    int socket, number;
    struct buffer out, in;
    struct append *window;
    uint64_t sent, done;      /* appends handed over, and those answered for good; the window holds what is between */
    uint64_t messages;        /* messages handed over */
    uint64_t answers;         /* messages answered, where answers come in order */
};

struct load {
    int producers, in_flight, batch, packed;
    double seconds;
    struct lines lines;
    uint64_t next;            /* the line that is sent next */
    uint64_t events, in_time, refused, appends, payload;
    double begin, end, last;  /* when to stop handing over; the last answer */
    float *latencies;
    size_t latency_count, latency_room;
};

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int made = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address)) fail("cannot connect to the server");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(made, F_SETFL, O_NONBLOCK);
    return made;
}

/* Sends what it can and reads what there is; false when the server has closed the connection. */
static int pump_out(int socket, struct buffer *out) {
    while (out->start < out->end) {
        ssize_t sent = send(socket, out->bytes + out->start, out->end - out->start, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        out->start += sent;
    }
    return 1;
}

static int pump_in(int socket, struct buffer *in) {
    for (;;) {
        char *room = reserve(in, 1 << 16);
        ssize_t got = recv(socket, room, 1 << 16, 0);
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return 0;
        in->end += got;
        if (got < 1 << 16) return 1;
    }
}

static void note_latency(struct load *load, double seconds) {
    if (load->latency_count == load->latency_room) {
        load->latency_room = load->latency_room ? load->latency_room * 2 : 1 << 20;
        load->latencies = realloc(load->latencies, load->latency_room * sizeof(float));
        if (!load->latencies) fail("no memory");
    }
    load->latencies[load->latency_count++] = (float)(seconds * 1e3);
}

/* One message of the append number `index` of this producer has its answer. */
static void answered(struct load *load, struct producer *producer, uint64_t index, int accepted) {
    struct append *append = &producer->window[index % load->in_flight];
    uint32_t events = load->packed ? (uint32_t)load->batch : 1;
    double at = load->last = now();
    if (accepted) {
        load->events += events;
        if (at <= load->end) load->in_time += events;
    } else {
        load->refused += events;
    }
    if (--append->open == 0) {
        note_latency(load, at - append->start);
        load->appends++;
        while (producer->done < producer->sent && producer->window[producer->done % load->in_flight].open == 0) producer->done++;
    }
}

static int by_value(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static double percentile(struct load *load, double share) {
    if (!load->latency_count) return 0;
    size_t at = (size_t)(load->latency_count * share);
    return load->latencies[at < load->latency_count ? at : load->latency_count - 1];
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void report(struct load *load, double took) {
    qsort(load->latencies, load->latency_count, sizeof(float), by_value);
    printf("{\"acknowledged\":%llu,\"acknowledged_in_time\":%llu,\"refused\":%llu,\"appends\":%llu,\"seconds\":%.6f,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"payload_bytes\":%llu,\"driver_cpu_seconds\":%.3f}\n",
           (unsigned long long)load->events, (unsigned long long)load->in_time, (unsigned long long)load->refused,
           (unsigned long long)load->appends, took, percentile(load, 0.5), percentile(load, 0.99), percentile(load, 1),
           (unsigned long long)load->payload, cpu_seconds());
}

/* What a driver provides: the greeting of a connection, one message, and the reading of answers (false: not our protocol). */
static void greet(struct producer *producer);
static void write_message(struct producer *producer, const char *bytes, uint32_t length, uint64_t append);
static int read_answers(struct load *load, struct producer *producer);

static void hand_over(struct load *load, struct producer *producer, struct buffer *packed) {
    struct append *append = &producer->window[producer->sent % load->in_flight];
    uint32_t length;
    append->start = now();
    append->open = load->packed ? 1 : (uint32_t)load->batch;
    packed->start = packed->end = 0;
    for (int index = 0; index < load->batch; index++) {
        const char *bytes = line(&load->lines, load->next++, &length);
        load->payload += length;
        if (!load->packed) {
            write_message(producer, bytes, length, producer->sent);
            producer->messages++;
            continue;
        }
        put(packed, bytes, length);
        put(packed, "\n", 1);
    }
    if (load->packed) {
        write_message(producer, packed->bytes, (uint32_t)packed->end, producer->sent);
        producer->messages++;
    }
    producer->sent++;
}

/* Every producer keeps its window full until the time is over; then the answers that are due are waited for. */
static int produce(struct load *load, int port) {
    struct producer *producers = calloc(load->producers, sizeof *producers);
    struct pollfd *sockets = calloc(load->producers, sizeof *sockets);
    struct buffer packed = {0};
    for (int index = 0; index < load->producers; index++) {
        producers[index].number = index;
        producers[index].window = calloc(load->in_flight, sizeof(struct append));
        producers[index].socket = sockets[index].fd = connect_to(port);
        greet(&producers[index]);
    }
    load->begin = now();
    load->end = load->begin + load->seconds;
    for (;;) {
        double at = now();
        uint64_t open = 0;
        for (int index = 0; index < load->producers; index++) {
            struct producer *producer = &producers[index];
            /* A socket that does not take more is given no more: the window then waits where the server makes it wait. */
            while (at < load->end && producer->sent - producer->done < (uint64_t)load->in_flight
                   && producer->out.end - producer->out.start < 1 << 18)
                hand_over(load, producer, &packed);
            if (!pump_out(producer->socket, &producer->out)) fail("the server closed a connection");
            sockets[index].events = POLLIN | (producer->out.start < producer->out.end ? POLLOUT : 0);
            open += producer->sent - producer->done;
        }
        if (at >= load->end && !open) break;
        if (at > load->end + 180) { errno = 0; fail("answers are missing three minutes after the last append"); }
        poll(sockets, load->producers, 100);
        for (int index = 0; index < load->producers; index++) {
            if (!(sockets[index].revents & (POLLIN | POLLHUP | POLLERR))) continue;
            int isOpen = pump_in(producers[index].socket, &producers[index].in);
            if (!read_answers(load, &producers[index])) { errno = 0; fail("an answer that this driver does not know"); }
            if (!isOpen) fail("the server closed a connection");
        }
    }
    report(load, load->last - load->begin);
    return 0;
}

#endif
