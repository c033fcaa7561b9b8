// What Swift's module of the C library leaves out: mallopt(3), malloc_trim(3).
#ifndef MLMON_CMALLOC_SHIM_H
#define MLMON_CMALLOC_SHIM_H

#include <malloc.h>

static inline void mlmon_keep_heaps_small(int heaps, int threshold) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_MMAP_THRESHOLD, threshold);
    mallopt(M_TRIM_THRESHOLD, threshold);
#else
    (void)heaps;
    (void)threshold;
#endif
}

static inline void mlmon_return_free_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

#endif
