#include "CDetection.h"

// A fused multiplication and addition would round once less, on some processors only.
#pragma STDC FP_CONTRACT OFF

enum { width = mlmon_lane_count };

#define INLINED static inline __attribute__((always_inline))

// In this form the minimum is one instruction.
INLINED float smaller(float a, float b) { return a < b ? a : b; }

INLINED float step(float *distance, float value, float point, float most, float decay) {
    float apart = point - value;
    return *distance = decay * *distance + smaller(apart * apart, most);
}

// Loops of fixed length over independent lanes, which the compiler keeps in vector registers.
INLINED float advance(
    float *restrict distances, const float *restrict values, long count, long apart, float point,
    float most, float decay) {
    float least[width];
    for (int j = 0; j < width; j++) least[j] = __builtin_inff();
    long i = 0;
    for (; i + width <= apart; i += width)
        for (int j = 0; j < width; j++) {
            float distance = step(distances + i + j, values[i + j], point, most, decay);
            least[j] = smaller(distance, least[j]);
        }
    for (; i < count; i += width)
        for (int j = 0; j < width; j++) {
            float distance = step(distances + i + j, values[i + j], point, most, decay);
            least[j] = smaller(i + j < apart ? distance : least[j], least[j]);
        }
    for (int half = width / 2; half > 0; half /= 2)
        for (int j = 0; j < half; j++) least[j] = smaller(least[j], least[j + half]);
    return least[0];
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static float advance_avx2(
    float *distances, const float *values, long count, long apart, float point, float most,
    float decay) {
    return advance(distances, values, count, apart, point, most, decay);
}
#endif

float mlmon_advance_distances(
    float *distances, const float *values, long count, long apart, float point, float most,
    float decay) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return advance_avx2(distances, values, count, apart, point, most, decay);
#endif
    return advance(distances, values, count, apart, point, most, decay);
}
