/* Producers and a follower of a JetStream stream, in the server's own protocol.
 *
 *     jetstream append PORT FILE PRODUCERS IN_FLIGHT BATCH PACKED SECONDS   as in producers.h; PACKED 1: a batch is one message
 *     jetstream follow PORT FILE RATE SECONDS                               from publishing to a push consumer's delivery
 *
 * An append is `PUB events._ REPLY LENGTH`; the reply subject carries the producer and the append, and the acknowledgement of
 * the stream comes back on it: {"stream":"EVENTS","seq":17}, or {"error":…}. The stream is made before (brokers.py). */
#include "producers.h"
#include "follower.h"

static const char hello[] = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\",\"version\":\"1\",\"protocol\":1}\r\n";

static void greet(struct producer *producer) {
    char subscribe[64];
    put(&producer->out, hello, sizeof hello - 1);
    put(&producer->out, subscribe, snprintf(subscribe, sizeof subscribe, "SUB _A.%d.* 1\r\n", producer->number));
}

static void write_message(struct producer *producer, const char *bytes, uint32_t length, uint64_t append) {
    char head[96];
    unsigned long long number = append;
    int count = snprintf(head, sizeof head, "PUB events.e _A.%d.%llu %u\r\n", producer->number, number, length);
    put(&producer->out, head, count);
    put(&producer->out, bytes, length);
    put(&producer->out, "\r\n", 2);
}

/* Takes one operation of the server out of the buffer: 0 none is whole, 1 a message, 2 anything else, -1 an error. */
static int operation(struct producer *producer, const char **subject, const char **payload, size_t *size) {
    struct buffer *in = &producer->in;
    char *at = in->bytes + in->start, *feed = in->start < in->end ? memchr(at, '\n', in->end - in->start) : NULL;
    if (!feed) return 0;
    if (!strncmp(at, "MSG ", 4)) {
        char *number = feed;
        while (number[-1] != ' ') number--;
        *size = strtoul(number, NULL, 10);
        if (feed + 1 + *size + 2 > in->bytes + in->end) return 0;
        *subject = at + 4;
        *payload = feed + 1;
        in->start += feed + 1 + *size + 2 - at;
        return 1;
    }
    if (!strncmp(at, "PING", 4)) put(&producer->out, "PONG\r\n", 6);
    if (!strncmp(at, "-ERR", 4)) { fprintf(stderr, "%.*s\n", (int)(feed - at), at); return -1; }
    in->start += feed + 1 - at;
    return 2;
}

static int read_answers(struct load *load, struct producer *producer) {
    const char *subject, *payload;
    size_t size;
    int kind;
    while ((kind = operation(producer, &subject, &payload, &size)) > 0) {
        if (kind != 1) continue;
        /* _A.<producer>.<append>; an acknowledgement is short, and what is wrong comes first in it. */
        uint64_t append = strtoull(strchr(subject + 3, '.') + 1, NULL, 10);
        int refused = memmem(payload, size, "\"error\"", 7) != NULL || memmem(payload, size, "\"seq\"", 5) == NULL;
        if (refused && !load->refused) fprintf(stderr, "refused: %.*s\n", (int)size, payload);
        answered(load, producer, append, !refused);
    }
    return kind == 0;
}

static void follow_from_here(struct producer *follower) {
    static const char config[] =
        "{\"stream_name\":\"EVENTS\",\"config\":{\"deliver_subject\":\"_D.f\",\"ack_policy\":\"none\","
        "\"deliver_policy\":\"new\"}}";
    char head[96];
    put(&follower->out, hello, sizeof hello - 1);
    put(&follower->out, "SUB _D.f 1\r\n", 12);
    put(&follower->out, head, snprintf(head, sizeof head, "PUB $JS.API.CONSUMER.CREATE.EVENTS _R.f %zu\r\n", sizeof config - 1));
    put(&follower->out, config, sizeof config - 1);
    put(&follower->out, "\r\n", 2);
}

static uint64_t read_followed(struct producer *follower) {
    const char *subject, *payload;
    size_t size;
    uint64_t seen = 0;
    int kind;
    while ((kind = operation(follower, &subject, &payload, &size)) > 0) seen += kind == 1;
    if (kind < 0) { errno = 0; fail("the server refused the follower"); }
    return seen;
}

int main(int count, char **words) { return run_driver(count, words); }
