// What Swift's module of the C library leaves out of the allocator.
#ifndef MLMON_CMALLOC_H
#define MLMON_CMALLOC_H

// Few heaps and early returning: what many threads allocate and free otherwise stays with the
// process. The threshold, in bytes, is what is given back at once: mallopt(3). Where the program
// is built with jemalloc, or the C library has none of this, nothing changes.
void mlmon_keep_heaps_small(int heaps, int threshold);

// Gives the system what lies free between what is in use: malloc_trim(3). jemalloc does so by
// itself.
void mlmon_return_free_memory(void);

#endif
