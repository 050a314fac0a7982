// The load of Benchmarks/serve. One thread, epoll, bodies that were prepared before: it costs a small part of what the server
// does with them.
//
//   driver post   PORT BODIES CONNECTIONS EVENTS_PER_SECOND SECONDS NOW GZIP
//   driver get    PORT REQUESTS_PER_SECOND SECONDS CONNECTIONS PATH…
//   driver stream PORT SUBSCRIBERS PROBES_PER_SECOND SECONDS
//
// Each prints one line of JSON.

#define _GNU_SOURCE
#include "driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t monotonic(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t wall(void) { return read_clock(CLOCK_REALTIME); }

double used_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void fail(const char *what) {
    fprintf(stderr, "driver: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

void sample_add(struct samples *samples, int64_t value) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 4096;
        samples->values = realloc(samples->values, samples->room * sizeof(int64_t));
        if (!samples->values) fail("no memory");
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static double quantile(struct samples *samples, double share) {
    if (samples->count == 0) return -1;
    size_t at = (size_t)(share * (double)(samples->count - 1) + 0.5);
    return (double)samples->values[at] / 1e6;
}

void sample_print(struct samples *samples) {
    qsort(samples->values, samples->count, sizeof(int64_t), compare);
    printf("\"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f", quantile(samples, 0.5),
           quantile(samples, 0.9), quantile(samples, 0.99), quantile(samples, 1));
}

void open_connection(struct connection *connection, int port, int receive) {
    memset(connection, 0, sizeof *connection);
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->fd < 0) fail("socket");
    int one = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (receive) setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    fcntl(connection->fd, F_SETFL, fcntl(connection->fd, F_GETFL) | O_NONBLOCK);
    connection->in_room = 16384;
    connection->in = malloc(connection->in_room + 1);
    if (!connection->in) fail("no memory");
}

int send_more(struct connection *connection) {
    while (connection->lengths[0] + connection->lengths[1] > 0) {
        struct iovec parts[2];
        int count = 0;
        for (int i = 0; i < 2; i++) {
            if (connection->lengths[i] == 0) continue;
            parts[count].iov_base = (void *)connection->parts[i];
            parts[count++].iov_len = connection->lengths[i];
        }
        ssize_t sent = writev(connection->fd, parts, count);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR) return 0;
            fail("send");
        }
        for (int i = 0; i < 2 && sent > 0; i++) {
            size_t taken = (size_t)sent < connection->lengths[i] ? (size_t)sent : connection->lengths[i];
            connection->parts[i] += taken;
            connection->lengths[i] -= taken;
            sent -= (ssize_t)taken;
        }
    }
    return 1;
}

int receive_more(struct connection *connection) {
    for (;;) {
        if (connection->in_room - connection->in_count < 8192) {
            connection->in_room *= 2;
            connection->in = realloc(connection->in, connection->in_room + 1);
            if (!connection->in) fail("no memory");
        }
        ssize_t got = recv(connection->fd, connection->in + connection->in_count, connection->in_room - connection->in_count, 0);
        if (got == 0) return 0;
        if (got < 0) {
            if (errno == EAGAIN || errno == EINTR) return 1;
            fail("receive");
        }
        connection->in_count += (size_t)got;
        connection->in[connection->in_count] = 0;
    }
}

// The end of a body in chunks that begins at `at`; 0 while it is not all there.
static size_t chunks_end(struct connection *connection, size_t at) {
    for (;;) {
        char *line = memmem(connection->in + at, connection->in_count - at, "\r\n", 2);
        if (!line) return 0;
        size_t size = strtoul(connection->in + at, NULL, 16);
        size_t next = (size_t)(line - connection->in) + 2 + size + 2;
        if (next > connection->in_count) return 0;
        if (size == 0) return next;
        at = next;
    }
}

int whole_answer(struct connection *connection, size_t *body, size_t *end) {
    if (connection->in_count < 12) return 0;
    char *head = memmem(connection->in, connection->in_count, "\r\n\r\n", 4);
    if (!head) return 0;
    *body = (size_t)(head - connection->in) + 4;
    int status = atoi(connection->in + 9);
    *head = 0;
    char *length = strcasestr(connection->in, "\r\ncontent-length:");
    char *chunked = strcasestr(connection->in, "\r\ntransfer-encoding: chunked");
    *head = '\r';
    if (length) {
        *end = *body + strtoul(length + 17, NULL, 10);
        return *end <= connection->in_count ? status : 0;
    }
    if (chunked) {
        *end = chunks_end(connection, *body);
        return *end ? status : 0;
    }
    *end = *body;
    return status;
}

int main(int argc, char **argv) {
    errno = 0;
    if (argc > 2 && strcmp(argv[1], "post") == 0) return run_post(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "get") == 0) return run_get(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "stream") == 0) return run_stream(argc - 2, argv + 2);
    fail("usage: driver post|get|stream PORT …");
}
