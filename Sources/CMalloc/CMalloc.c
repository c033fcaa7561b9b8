#include "CMalloc.h"

#include <stdlib.h>

#if defined(MLMON_JEMALLOC)

// Read by jemalloc before the first allocation: https://jemalloc.net/jemalloc.3.html#tuning.
// One arena, and pages that are given back after a second, keep a collector with some twenty
// threads as small as the C library's allocator does.
const char *malloc_conf = "narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0";

void mlmon_keep_heaps_small(int heaps, int threshold) {
    (void)heaps;
    (void)threshold;
}

void mlmon_return_free_memory(void) {}

#elif defined(__GLIBC__)

#include <malloc.h>

void mlmon_keep_heaps_small(int heaps, int threshold) {
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_MMAP_THRESHOLD, threshold);
    mallopt(M_TRIM_THRESHOLD, threshold);
}

void mlmon_return_free_memory(void) { malloc_trim(0); }

#else

void mlmon_keep_heaps_small(int heaps, int threshold) {
    (void)heaps;
    (void)threshold;
}

void mlmon_return_free_memory(void) {}

#endif
