/* Producers and a follower of a Redis stream.
 *
 *     redis append PORT FILE PRODUCERS IN_FLIGHT BATCH PACKED SECONDS     as in producers.h; PACKED 1: a batch is one entry
 *     redis follow PORT FILE RATE SECONDS                                 from XADD to an XREAD BLOCK that returns the entry
 *
 * An append is `XADD events * e LINE`. With `appendfsync always` the server answers after an fsync that covers it. */
#include "producers.h"
#include "follower.h"

static void greet(struct producer *producer) { (void)producer; }

static void write_message(struct producer *producer, const char *bytes, uint32_t length, uint64_t append) {
    char head[96];
    (void)append;
    int count = snprintf(head, sizeof head, "*5\r\n$4\r\nXADD\r\n$6\r\nevents\r\n$1\r\n*\r\n$1\r\ne\r\n$%u\r\n", length);
    put(&producer->out, head, count);
    put(&producer->out, bytes, length);
    put(&producer->out, "\r\n", 2);
}

/* The length of a reply that is whole, or 0. */
static size_t reply_length(const char *at, const char *end) {
    const char *feed = memchr(at, '\n', end - at);
    if (!feed) return 0;
    if (*at == '$') {
        long count = atol(at + 1);
        size_t whole = (feed + 1 - at) + (count < 0 ? 0 : count + 2);
        return at + whole <= end ? whole : 0;
    }
    if (*at != '*') return feed + 1 - at;
    const char *part = feed + 1;
    for (long left = atol(at + 1); left > 0; left--) {
        size_t length = part < end ? reply_length(part, end) : 0;
        if (!length) return 0;
        part += length;
    }
    return part - at;
}

static int read_answers(struct load *load, struct producer *producer) {
    struct buffer *in = &producer->in;
    size_t length;
    while (in->start < in->end && (length = reply_length(in->bytes + in->start, in->bytes + in->end))) {
        char kind = in->bytes[in->start];
        if (kind != '$' && kind != '-') return 0;
        if (kind == '-' && !load->refused) fprintf(stderr, "refused: %.*s", (int)length, in->bytes + in->start);
        /* Answers come in the order of the commands. */
        uint64_t messages = load->packed ? 1 : load->batch;
        answered(load, producer, producer->answers++ / messages, kind == '$');
        in->start += length;
    }
    return 1;
}

/* [[key, [[id, [field, value]], …]]]: how many entries, and the last id. */
static uint64_t entries(const char *at, const char *end, char *last) {
    at += strcspn(at, "\n") + 1;                    /* *1: one stream */
    if (at >= end || *at != '*') return 0;
    at += strcspn(at, "\n") + 1;                    /* *2: its key and its entries */
    at += reply_length(at, end);
    uint64_t count = atol(at + 1);
    at += strcspn(at, "\n") + 1;
    for (uint64_t left = count; left > 0; left--) {
        const char *id = at + strcspn(at, "\n") + 1;
        id += strcspn(id, "\n") + 1;
        snprintf(last, 64, "%.*s", (int)strcspn(id, "\r"), id);
        at += reply_length(at, end);
    }
    return count;
}

static char last_id[64] = "0-0";

static void ask_more(struct buffer *out) {
    char request[256];
    int count = snprintf(request, sizeof request,
        "*8\r\n$5\r\nXREAD\r\n$5\r\nCOUNT\r\n$5\r\n10000\r\n$5\r\nBLOCK\r\n$1\r\n0\r\n"
        "$7\r\nSTREAMS\r\n$6\r\nevents\r\n$%zu\r\n%s\r\n",
        strlen(last_id), last_id);
    put(out, request, count);
}

static void follow_from_here(struct producer *follower) { ask_more(&follower->out); }

static uint64_t read_followed(struct producer *follower) {
    struct buffer *in = &follower->in;
    uint64_t seen = 0;
    size_t length;
    while (in->start < in->end && (length = reply_length(in->bytes + in->start, in->bytes + in->end))) {
        seen += entries(in->bytes + in->start, in->bytes + in->start + length, last_id);
        in->start += length;
        ask_more(&follower->out);
    }
    return seen;
}

int main(int count, char **words) { return run_driver(count, words); }
