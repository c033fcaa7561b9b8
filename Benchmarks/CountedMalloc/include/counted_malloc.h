#ifndef COUNTED_MALLOC_H
#define COUNTED_MALLOC_H

/// Allocations of the whole process so far, on all threads.
unsigned long counted_malloc_count(void);

#endif
