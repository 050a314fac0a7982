/* One producer at a steady rate and one follower beside it: how long after an event was handed over does the follower have it?
 * Events are handed over a hundredth of a second's worth at a time, as `varve-measure follow` does. */
#ifndef FOLLOWER_H
#define FOLLOWER_H

#include "producers.h"

static void follow_from_here(struct producer *follower);
static uint64_t read_followed(struct producer *follower);

/* Handed over at the same moment: the events up to `end`. */
struct tick { uint64_t end; double start; };

static int follow(struct load *load, int port, long rate) {
    struct producer producer = {.socket = connect_to(port)}, follower = {.socket = connect_to(port)};
    struct pollfd sockets[2] = {{.fd = producer.socket, .events = POLLIN}, {.fd = follower.socket, .events = POLLIN}};
    uint64_t handed = 0, seen = 0, ticks = (uint64_t)(load->seconds * 100), tick = 0, first = 0;
    struct tick *pending = calloc(ticks + 1, sizeof *pending);
    uint32_t length;
    load->in_flight = 1 << 24;
    load->batch = (int)(rate / 100 > 0 ? rate / 100 : 1);
    producer.window = calloc(load->in_flight, sizeof(struct append));
    load->batch = load->batch > 0 ? load->batch : 1;
    greet(&producer);
    follow_from_here(&follower);
    pump_out(producer.socket, &producer.out);
    pump_out(follower.socket, &follower.out);
    usleep(500000);                                  /* the follower waits on the server now */
    uint64_t per_tick = load->batch;
    load->batch = 1;
    load->begin = now();
    load->end = load->begin + load->seconds;
    while (tick < ticks || seen < handed) {
        double at = now(), due = load->begin + tick * 0.01;
        if (at > load->end + 120) { errno = 0; fail("the follower lacks events two minutes after the last one"); }
        if (tick < ticks && at >= due) {
            for (uint64_t left = per_tick; left > 0; left--) {
                const char *bytes = line(&load->lines, load->next++, &length);
                struct append *append = &producer.window[producer.sent % load->in_flight];
                append->start = at;
                append->open = 1;
                write_message(&producer, bytes, length, producer.sent++);
            }
            pending[tick++] = (struct tick){handed += per_tick, at};
        }
        if (!pump_out(producer.socket, &producer.out) || !pump_out(follower.socket, &follower.out)) fail("a connection closed");
        sockets[0].events = POLLIN | (producer.out.start < producer.out.end ? POLLOUT : 0);
        double wait = tick < ticks ? load->begin + tick * 0.01 - now() : 0.1;
        if (wait > 0) poll(sockets, 2, wait < 0.001 ? 1 : (int)(wait * 1e3)); else poll(sockets, 2, 0);
        if (!pump_in(producer.socket, &producer.in) || !pump_in(follower.socket, &follower.in)) fail("a connection closed");
        size_t acknowledged = load->latency_count;
        if (!read_answers(load, &producer)) fail("an answer that this driver does not know");
        load->latency_count = acknowledged;          /* what is measured is the follower */
        seen += read_followed(&follower);
        for (at = now(); first < tick && pending[first].end <= seen; first++) note_latency(load, at - pending[first].start);
    }
    double took = now() - load->begin;
    qsort(load->latencies, load->latency_count, sizeof(float), by_value);
    printf("{\"events\":%llu,\"rate\":%ld,\"seconds\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"refused\":%llu}\n",
           (unsigned long long)seen, rate, took, percentile(load, 0.5), percentile(load, 0.99), percentile(load, 1),
           (unsigned long long)load->refused);
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
