// What Swift cannot say itself: single instructions on vectors (the compiler's own header), and which
// instructions this CPU, and the system on it, will run.
//
// __builtin_cpu_supports would do, but it leans on a table that libgcc fills in and that is not linked
// everywhere; cpuid and xgetbv are the sources of that table (Intel SDM, volume 1, chapter 14 and 15.2).

#ifndef LOOKOUT_CINTRINSICS_H
#define LOOKOUT_CINTRINSICS_H

#include <stdbool.h>

// Asks for the cache line at an address, for the second-level cache: it will be read once the loop that runs now is done.
__attribute__((always_inline)) static inline void cintrinsics_prefetch(const void *address) {
    __builtin_prefetch(address, 0, 2);
}

// Tells the CPU that the caller waits in a loop.
__attribute__((always_inline)) static inline void cintrinsics_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// Bits of XCR0: which registers the operating system saves when it switches threads.
static inline unsigned long long cintrinsics_saved_registers(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0;  // no OSXSAVE
    unsigned low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((unsigned long long)high << 32) | low;
}

// AVX2 and FMA, and their registers are saved.
static inline bool cintrinsics_has_avx2(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 12))) return false;  // FMA
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 5))) return false;  // AVX2
    return (cintrinsics_saved_registers() & 0x6) == 0x6;
}

// AVX-512 F, DQ, BW and VL, and their registers are saved.
static inline bool cintrinsics_has_avx512(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!cintrinsics_has_avx2()) return false;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    const unsigned wanted = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);
    return (b & wanted) == wanted && (cintrinsics_saved_registers() & 0xe6) == 0xe6;
}

// All of those, and AVX-512 VNNI: products of four bytes each, added to a sum, in one instruction.
static inline bool cintrinsics_has_avx512vnni(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!cintrinsics_has_avx512()) return false;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    return (c & (1u << 11)) != 0;
}

#if defined(__AVX512F__)
// sum + weights · *value, rounded once. The instruction reads the value itself: the compiler would keep it in a register for
// the other vectors of its row, and have too few for the sums.
__attribute__((always_inline)) static inline __m256 cintrinsics_add_product(
    __m256 sum, __m256 weights, const float *value) {
    __asm__("vfmadd231ps %2%{1to8%}, %1, %0" : "+v"(sum) : "v"(weights), "m"(*value));
    return sum;
}

// The same vector, of which the compiler does not know what is in it. A shuffle whose order it knows it takes for
// any permutation of 64 bytes, and makes ten instructions of what was written as two.
__attribute__((always_inline)) static inline __m512i cintrinsics_unknown(__m512i vector) {
    __asm__("" : "+v"(vector));
    return vector;
}
#endif
#else
static inline bool cintrinsics_has_avx2(void) { return false; }
static inline bool cintrinsics_has_avx512(void) { return false; }
static inline bool cintrinsics_has_avx512vnni(void) { return false; }
#endif

#endif
