// What the detectors leave to C, for Swift has no words for it: a loop in two forms, between which
// the processor decides, and a choice that is no branch.
#ifndef MLMON_CDETECTION_H
#define MLMON_CDETECTION_H

#include <stdbool.h>

/// One of two numbers, without a branch: for conditions that no processor can foretell.
static inline long mlmon_chosen(bool condition, long yes, long no) {
    if (__builtin_unpredictable(condition)) return yes;
    return no;
}

/// Distances are advanced so many at a time.
enum { mlmon_lane_count = 16 };

/// Advances the squared distances of stretches by one value:
///
///     distance = decay * distance + min((point - value)^2, most)
///
/// Up to a step of what lies behind `count` distances and values is read, and advanced as well. No
/// number may be NaN. The result is the same to the last bit on every processor.
///
/// Returns the smallest of the first `apart` distances; infinity where that is none.
float mlmon_advance_distances(
    float *distances, const float *values, long count, long apart, float point, float most,
    float decay);

#endif
