// Requests at a rate, whatever the answers take.
//
//   driver get PORT REQUESTS_PER_SECOND SECONDS CONNECTIONS PATH…
//
// A request is due at its moment even where no connection is free: its latency counts from then, so a server that stands still
// is charged for every request that it kept from being sent.

#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

int run_get(int argc, char **argv) {
    if (argc < 5) fail("usage: driver get PORT REQUESTS_PER_SECOND SECONDS CONNECTIONS PATH…");
    int port = atoi(argv[0]), connections = atoi(argv[3]), paths = argc - 4;
    double rate = atof(argv[1]), seconds = atof(argv[2]);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    int poll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        open_connection(&all[i], port, 0);
        all[i].user = malloc(9000);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    struct samples latencies = {0};
    uint64_t bytes = 0, failed = 0, asked = 0, total = (uint64_t)(rate * seconds);
    int64_t start = monotonic();
    for (;;) {
        int64_t now = monotonic();
        int busy = 0;
        // A server that does not keep up is not waited for without end.
        if ((double)(now - start) / 1e9 > seconds * 2 + 10) break;
        for (int i = 0; i < connections; i++) {
            int64_t due = start + (int64_t)((double)asked * 1e9 / rate);
            if (!all[i].busy && asked < total && due <= now) {
                int length = snprintf(all[i].user, 9000, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                                      argv[4 + asked % (uint64_t)paths]);
                all[i].parts[0] = all[i].user;
                all[i].lengths[0] = (size_t)length;
                all[i].since = due;
                all[i].busy = 1;
                asked++;
                send_more(&all[i]);
            }
            busy += all[i].busy;
        }
        if (busy == 0 && asked >= total) break;
        int wait = 1000;
        if (asked < total && busy < connections) {
            int64_t rest = start + (int64_t)((double)asked * 1e9 / rate) - monotonic();
            wait = rest <= 0 ? 0 : (int)(rest / 1000000) + 1;
        }
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, wait);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->busy) send_more(connection);
            errno = 0;
            if (!receive_more(connection)) fail("the server closed a connection");
            size_t body, end;
            int status = connection->busy ? whole_answer(connection, &body, &end) : 0;
            if (status == 0) continue;
            if (status != 200) {
                if (failed++ == 0) fprintf(stderr, "driver: %.600s\n", connection->in);
            }
            bytes += end - body;
            sample_add(&latencies, monotonic() - connection->since);
            connection->in_count = 0;
            connection->busy = 0;
        }
    }
    failed += total - latencies.count;
    printf("{\"requests\": %llu, \"failed\": %llu, \"bytes\": %llu, \"seconds\": %.4f, \"cpu_seconds\": %.4f, ",
           (unsigned long long)latencies.count, (unsigned long long)failed, (unsigned long long)bytes,
           (double)(monotonic() - start) / 1e9, used_cpu());
    sample_print(&latencies);
    printf("}\n");
    return failed > 0;
}
