/* What the machine can do at most, measured in the same run as everything else: memory bandwidth, LZ4 decompression, fdatasync.
 *
 *     limits FILE FOLDER     FILE: any text, to compress; FOLDER: where the log of a database would be
 *
 * Compile with -DWITHOUT_LZ4 where liblz4 is missing. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifndef WITHOUT_LZ4
#include <lz4.h>
#endif

enum { WORDS = 1 << 25, BLOCK = 1 << 16, TEXT = 64 << 20, SYNCS = 400 };

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec * 1e-9;
}

static volatile uint64_t sink;

static void *sum(void *memory) {
    const uint64_t *words = memory;
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (size_t index = 0; index < WORDS; index += 4) {
        a += words[index];
        b += words[index + 1];
        c += words[index + 2];
        d += words[index + 3];
    }
    sink = a + b + c + d;
    return NULL;
}

/* Bytes a second that `threads` threads read, each of 256 MiB of its own; the best of three. */
static double reading(uint64_t **memory, int threads) {
    double best = 0;
    for (int turn = 0; turn < 3; turn++) {
        pthread_t ids[8];
        double start = now();
        for (int index = 0; index < threads; index++) pthread_create(&ids[index], NULL, sum, memory[index]);
        for (int index = 0; index < threads; index++) pthread_join(ids[index], NULL);
        double rate = (double)threads * WORDS * 8 / (now() - start);
        if (rate > best) best = rate;
    }
    return best;
}

static double copying(uint64_t **memory) {
    double best = 0;
    for (int turn = 0; turn < 3; turn++) {
        double start = now();
        memcpy(memory[1], memory[0], (size_t)WORDS * 8);
        double rate = (double)WORDS * 8 / (now() - start);
        if (rate > best) best = rate;
    }
    sink = memory[1][WORDS - 1];
    return best;
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void syncing(const char *folder, double *p50, double *p99) {
    static double times[SYNCS];
    static char page[4096];
    char path[4096];
    snprintf(path, sizeof path, "%s/fdatasync-probe", folder);
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0) { perror(path); exit(1); }
    memset(page, 'x', sizeof page);
    for (int index = 0; index < SYNCS; index++) {
        if (write(file, page, sizeof page) != sizeof page) { perror(path); exit(1); }
        double start = now();
        if (fdatasync(file)) { perror(path); exit(1); }
        times[index] = (now() - start) * 1e3;
    }
    close(file);
    unlink(path);
    qsort(times, SYNCS, sizeof *times, by_value);
    *p50 = times[SYNCS / 2];
    *p99 = times[SYNCS * 99 / 100];
}

/* Bytes a second that come out of decompressing text in blocks of 64 KiB, on one thread; 0 when it was left out. */
static double decompressing(const char *path) {
#ifdef WITHOUT_LZ4
    (void)path;
    return 0;
#else
    int file = open(path, O_RDONLY);
    char *text = malloc(TEXT), *packed = malloc(TEXT + TEXT / 128 + (1 << 20)), *back = malloc(BLOCK);
    int *sizes = malloc(sizeof(int) * (TEXT / BLOCK));
    ssize_t count = file < 0 || !text || !packed || !back || !sizes ? 0 : read(file, text, TEXT);
    size_t blocks = count > 0 ? count / BLOCK : 0, used = 0;
    if (!blocks) return 0;
    for (size_t index = 0; index < blocks; index++) {
        sizes[index] = LZ4_compress_default(text + index * BLOCK, packed + used, BLOCK, LZ4_compressBound(BLOCK));
        used += sizes[index];
    }
    double best = 0;
    for (int turn = 0; turn < 5; turn++) {
        double start = now();
        size_t at = 0;
        for (size_t index = 0; index < blocks; index++) {
            if (LZ4_decompress_safe(packed + at, back, sizes[index], BLOCK) != BLOCK) exit(1);
            at += sizes[index];
        }
        double rate = blocks * (double)BLOCK / (now() - start);
        if (rate > best) best = rate;
    }
    return best;
#endif
}

int main(int count, char **words) {
    if (count != 3) { fprintf(stderr, "usage: limits FILE FOLDER\n"); return 64; }
    uint64_t *memory[2];
    for (int index = 0; index < 2; index++) {
        memory[index] = malloc((size_t)WORDS * 8);
        if (!memory[index]) { fprintf(stderr, "no memory\n"); return 1; }
        memset(memory[index], index + 1, (size_t)WORDS * 8);
    }
    double p50, p99;
    syncing(words[2], &p50, &p99);
    printf("{\"read_1_thread\":%.0f,\"read_2_threads\":%.0f,\"copy_1_thread\":%.0f,\"lz4_decompress\":%.0f,"
           "\"fdatasync_p50_ms\":%.4f,\"fdatasync_p99_ms\":%.4f}\n",
           reading(memory, 1), reading(memory, 2), copying(memory), decompressing(words[1]), p50, p99);
    return 0;
}
