// Which edges of the instrumented modules an input has run through, for run.py.
//
// The modules are compiled with -fsanitize-coverage=trace-pc,trace-cmp, which both GCC and Clang have,
// and call the functions below. This library is preloaded, so that they are these.
//
//     trace_pc   counters[hash of the caller's address]++             where it has been, how often
//     trace_cmp  counters[hash of the address and the bits equal]++   how near a comparison came
//     take       counters, as powers of two, against all seen before  is that new?

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

constexpr std::size_t SIZE = 1 << 16;
std::uint8_t counters[SIZE];
std::uint8_t seen[SIZE];  // one bit a power of two

inline void count(std::uintptr_t at) {
    at ^= at >> 15;
    auto& counter = counters[(at * 0x9E3779B97F4A7C15u) >> 48 & (SIZE - 1)];
    if (counter != 255) ++counter;
}

inline std::uintptr_t caller(void* address) { return reinterpret_cast<std::uintptr_t>(address); }

inline void compare(std::uintptr_t at, std::uint64_t a, std::uint64_t b) {
    count(at * 67 + static_cast<unsigned>(__builtin_popcountll(a ^ b)));
}

inline std::uint8_t power(std::uint8_t n) {
    return n < 4 ? static_cast<std::uint8_t>(1 << (n - 1))
         : n < 8 ? 8 : n < 16 ? 16 : n < 32 ? 32 : n < 128 ? 64 : 128;
}

}  // namespace

#define HERE caller(__builtin_return_address(0))

extern "C" {

void __sanitizer_cov_trace_pc() { count(HERE); }
void __sanitizer_cov_trace_cmp1(std::uint8_t a, std::uint8_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_cmp2(std::uint16_t a, std::uint16_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_cmp4(std::uint32_t a, std::uint32_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_cmp8(std::uint64_t a, std::uint64_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_const_cmp1(std::uint8_t a, std::uint8_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_const_cmp2(std::uint16_t a, std::uint16_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_const_cmp4(std::uint32_t a, std::uint32_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_const_cmp8(std::uint64_t a, std::uint64_t b) { compare(HERE, a, b); }
void __sanitizer_cov_trace_cmpf(float, float) {}
void __sanitizer_cov_trace_cmpd(double, double) {}
void __sanitizer_cov_trace_switch(std::uint64_t, void*) {}

// How much of what has run since the last call had not run before. Starts afresh.
int rezfast_coverage_take() {
    int found = 0;
    for (std::size_t i = 0; i < SIZE; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, counters + i, sizeof word);
        if (word == 0) continue;
        for (std::size_t j = i; j < i + 8; ++j) {
            if (counters[j] == 0) continue;
            auto bit = power(counters[j]);
            if (!(seen[j] & bit)) {
                seen[j] = static_cast<std::uint8_t>(seen[j] | bit);
                ++found;
            }
        }
    }
    std::memset(counters, 0, SIZE);
    return found;
}

}  // extern "C"
