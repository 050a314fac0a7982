/* A steady rate of events and one follower beside it: how long after an event was handed over does the follower have it?
 * Events are handed over a hundredth of a second's worth at a time, as `varve-measure follow` does. */
#ifndef FOLLOWER_H
#define FOLLOWER_H

#include "producers.h"

static void follow_from_here(struct producer *follower);
static uint64_t read_followed(struct producer *follower);

/* Handed over at the same moment: the events up to `end`. */
struct tick { uint64_t end; double start; };

/* Redis takes 16 KiB from a connection at a time, so the producer shares its events out over some of them. */
enum { CONNECTIONS = 16 };

static void hand_over_tick(struct load *load, struct producer *producers, uint64_t events, double at) {
    uint32_t length;
    for (uint64_t index = 0; index < events; index++) {
        const char *bytes = line(&load->lines, load->next++, &length);
        struct producer *producer = &producers[index * CONNECTIONS / events];
        struct append *append = &producer->window[producer->sent % load->in_flight];
        append->start = at;
        append->open = 1;
        write_message(producer, bytes, length, producer->sent++);
    }
}

/* Both ends of every connection; false when one has closed. */
static int pump(struct load *load, struct producer *producers, struct producer *follower) {
    for (int index = 0; index < CONNECTIONS; index++) {
        struct producer *producer = &producers[index];
        size_t kept = load->latency_count;
        if (!pump_out(producer->socket, &producer->out) || !pump_in(producer->socket, &producer->in)) return 0;
        if (!read_answers(load, producer)) { errno = 0; fail("an answer that this driver does not know"); }
        load->latency_count = kept;                  /* what is measured is the follower */
    }
    return pump_out(follower->socket, &follower->out) && pump_in(follower->socket, &follower->in);
}

static void report_follow(struct load *load, uint64_t seen, long rate) {
    double took = now() - load->begin;
    qsort(load->latencies, load->latency_count, sizeof(float), by_value);
    printf("{\"events\":%llu,\"rate\":%ld,\"seconds\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"refused\":%llu}\n",
           (unsigned long long)seen, rate, took, percentile(load, 0.5), percentile(load, 0.99), percentile(load, 1),
           (unsigned long long)load->refused);
}

/* An event counts as seen when as many events have been followed as were handed over up to it: connections may overtake each
 * other, which is in the server's favour. Ten seconds behind the end, the server does not keep this rate: exit 3. */
static int follow(struct load *load, int port, long rate) {
    struct producer producers[CONNECTIONS] = {0}, follower = {.socket = connect_to(port)};
    struct pollfd sockets[CONNECTIONS + 1];
    uint64_t handed = 0, seen = 0, ticks = (uint64_t)(load->seconds * 100), tick = 0, first = 0;
    uint64_t per_tick = rate / 100 > 0 ? (uint64_t)(rate / 100) : 1;
    struct tick *pending = calloc(ticks + 1, sizeof *pending);
    load->in_flight = 1 << 20;
    for (int index = 0; index < CONNECTIONS; index++) {
        producers[index].number = index;
        producers[index].socket = connect_to(port);
        producers[index].window = calloc(load->in_flight, sizeof(struct append));
        greet(&producers[index]);
    }
    follow_from_here(&follower);
    pump(load, producers, &follower);
    usleep(500000);                                  /* the follower waits on the server now */
    load->begin = now();
    load->end = load->begin + load->seconds;
    while (tick < ticks || seen < handed) {
        double at = now();
        if (at > load->end + 10) { fprintf(stderr, "this rate is not kept\n"); return 3; }
        if (tick < ticks && at >= load->begin + tick * 0.01) {
            hand_over_tick(load, producers, per_tick, at);
            pending[tick++] = (struct tick){handed += per_tick, at};
        }
        if (!pump(load, producers, &follower)) fail("the server closed a connection");
        seen += read_followed(&follower);
        for (at = now(); first < tick && pending[first].end <= seen; first++) note_latency(load, at - pending[first].start);
        for (int index = 0; index <= CONNECTIONS; index++) {
            struct producer *each = index < CONNECTIONS ? &producers[index] : &follower;
            short more = each->out.start < each->out.end ? POLLOUT : 0;
            sockets[index] = (struct pollfd){.fd = each->socket, .events = (short)(POLLIN | more)};
        }
        double wait = tick < ticks ? load->begin + tick * 0.01 - now() : 0.1;
        poll(sockets, CONNECTIONS + 1, wait <= 0 ? 0 : wait < 0.001 ? 1 : (int)(wait * 1e3));
    }
    report_follow(load, seen, rate);
    return 0;
}

static int run_driver(int count, char **words) {
    struct load load = {.batch = 1};
    if (count == 9 && !strcmp(words[1], "append")) {
        load.producers = atoi(words[4]);
        load.in_flight = atoi(words[5]);
        load.batch = atoi(words[6]);
        load.packed = atoi(words[7]);
        load.seconds = atof(words[8]);
        load.lines = read_lines(words[3], 1000000);
        if (load.producers < 1 || load.producers > 4096 || load.in_flight < 1 || load.batch < 1 || load.seconds <= 0) count = 0;
        else return produce(&load, atoi(words[2]));
    }
    if (count == 6 && !strcmp(words[1], "follow")) {
        load.seconds = atof(words[5]);
        load.lines = read_lines(words[3], 1000000);
        return follow(&load, atoi(words[2]), atol(words[4]));
    }
    fprintf(stderr, "usage: append PORT FILE PRODUCERS IN_FLIGHT BATCH PACKED SECONDS | follow PORT FILE RATE SECONDS\n");
    return 64;
}

#endif
