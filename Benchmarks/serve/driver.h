// What the three kinds of load share: clocks, connections that do not block, and the summary of latencies.

#ifndef VARVE_SERVE_DRIVER_H
#define VARVE_SERVE_DRIVER_H

#include <stddef.h>
#include <stdint.h>

// Nanoseconds of a clock that never goes back, and of the wall clock.
int64_t monotonic(void);
int64_t wall(void);

// CPU seconds of this process.
double used_cpu(void);

// Ends the program with a sentence.
void fail(const char *what) __attribute__((noreturn));

// Latencies in nanoseconds.
struct samples {
    int64_t *values;
    size_t count, room;
};

void sample_add(struct samples *samples, int64_t value);
// Prints `"p50_ms": …, "p90_ms": …, "p99_ms": …, "max_ms": …`; sorts the samples.
void sample_print(struct samples *samples);

// A connection with what is still to be sent and what has come of the answer.
struct connection {
    int fd;
    const char *parts[2];
    size_t lengths[2];
    char *in;
    size_t in_count, in_room;
    int64_t since;
    int busy;
    uint32_t events;
    void *user;
};

// Connects to this machine; `receive` limits the receive buffer (0: the system's).
void open_connection(struct connection *connection, int port, int receive);
// Sends what is left. Returns 1 when nothing is left.
int send_more(struct connection *connection);
// Reads what has come. Returns 0 at the end of the stream.
int receive_more(struct connection *connection);

// Whether a whole answer has come: its status, and the range of its body (chunks are left as they are). 0: not yet.
int whole_answer(struct connection *connection, size_t *body, size_t *end);

int run_post(int argc, char **argv);
int run_get(int argc, char **argv);
int run_stream(int argc, char **argv);

#endif
