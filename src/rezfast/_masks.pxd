# cython: language_level=3
"""Many bytes at once: where the bytes that matter are, as the bits of a number.

    bytes     env.PATH.append('{root}/bin')\n        # as always
    stops     ...............1............11.........1.........     (the lowest bit is the first byte)

Written with the vectors of GCC and clang, which every processor has or can do without. Only what gathers a
vector's truth into a number is named after a processor: nothing portable comes near it.
"""

from libc.stdint cimport uint64_t


cdef extern from *:
    """
    #ifndef REZFAST_MASKS
    #define REZFAST_MASKS
    #include <cstdint>
    #include <cstring>
    #ifdef __SSE2__
    #include <emmintrin.h>
    #endif
    namespace rezfast {

    using Bytes = std::uint8_t __attribute__((vector_size(16)));

    inline Bytes load_bytes(const char* at) {
        Bytes bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        return bytes;
    }

    // The lanes of a comparison, which are all ones or all zeros, as bits.
    template <class Truth>
    inline uint64_t bits_of(Truth truth) {
    #ifdef __SSE2__
        __m128i lanes;
        std::memcpy(&lanes, &truth, sizeof lanes);
        return static_cast<uint32_t>(_mm_movemask_epi8(lanes));
    #else
        const Bytes weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
        Bytes weighted = reinterpret_cast<Bytes>(truth) & weights;
        uint64_t half[2];
        std::memcpy(half, &weighted, sizeof half);
        // the bytes of a half have no bit in common: their sum is in the highest byte of the product
        return (half[0] * 0x0101010101010101u >> 56) | (half[1] * 0x0101010101010101u >> 56 << 8);
    #endif
    }

    // What ends a stretch of code that is not run: newline " # ' ( ) [ \\ ] { }, and $ % & | for the speed of it.
    inline uint64_t code_stops_16(const char* at) {
        Bytes bytes = load_bytes(at);
        return bits_of((bytes == '\\n') | (Bytes(bytes - 0x22) < 8) | (Bytes((bytes | 0x20) - 0x7B) < 3));
    }

    inline uint64_t code_stops_64(const char* at) {
        return code_stops_16(at) | code_stops_16(at + 16) << 16 | code_stops_16(at + 32) << 32
            | code_stops_16(at + 48) << 48;
    }

    // Goes from stop to stop.
    class Stops {
    public:
        Stops(const char* at, const char* end) : end_(end) { move(at); }
        Stops() = default;

        // The next stop, or the end.
        const char* next() {
            while (!mask_) {
                if (end_ - base_ <= 64) return end_;
                base_ += 64;
                fill();
            }
            return base_ + __builtin_ctzll(mask_);
        }

        // Leaves out the stop that `next` gave.
        void drop() { mask_ &= mask_ - 1; }

        // Goes on at `to`, which is not before the last stop.
        void move(const char* to) {
            if (base_ && to - base_ < 64) {
                mask_ &= ~uint64_t(0) << (to - base_);
            } else {
                base_ = to;
                fill();
            }
        }

    private:
        void fill() {
            size_t left = end_ - base_;
            if (left >= 64) { mask_ = code_stops_64(base_); return; }
            char rest[64] = {};
            std::memcpy(rest, base_, left);
            mask_ = code_stops_64(rest);
        }
        const char* base_ = nullptr;
        const char* end_ = nullptr;
        uint64_t mask_ = 0;
    };

    // Length of the blanks at the cursor, up to 16: what is longer, or has a tab, is not told. -1: too near the end.
    inline int indentation(const char* at, const char* end) {
        if (end - at <= 16) return -1;
        return __builtin_ctz(static_cast<uint32_t>(bits_of(load_bytes(at) != ' ')) | 0x10000u);
    }

    // The first quote, backslash or, unless `triple`, newline; or the end.
    inline const char* text_stop(const char* at, const char* end, bool triple) {
        const std::uint8_t newline = triple ? '"' : '\\n';
        while (end - at >= 16) {
            Bytes bytes = load_bytes(at);
            uint64_t stops = bits_of((bytes == '\\'') | (bytes == '"') | (bytes == '\\\\') | (bytes == newline));
            if (stops) return at + __builtin_ctzll(stops);
            at += 16;
        }
        while (at < end && *at != '\\'' && *at != '"' && *at != '\\\\' && static_cast<std::uint8_t>(*at) != newline) ++at;
        return at;
    }

    // Length of the plain text from `at` to the quote; -1 when it is longer than 31, not plain or near the end.
    inline int plain_text(const char* at, const char* end, char quote) {
        if (end - at < 32) return -1;
        uint64_t quotes = 0, odd = 0;
        for (int half = 0; half < 32; half += 16) {
            Bytes bytes = load_bytes(at + half);
            quotes |= bits_of(bytes == static_cast<std::uint8_t>(quote)) << half;
            odd |= bits_of((bytes < 0x20) | (bytes == '\\\\') | (bytes >= 0x80)) << half;
        }
        if (!quotes) return -1;
        int size = __builtin_ctzll(quotes);
        return odd & ((uint64_t(1) << size) - 1) ? -1 : size;
    }

    // The characters of identifiers.
    inline uint64_t word_bits_16(Bytes bytes) {
        return bits_of((Bytes((bytes | 0x20) - 'a') < 26) | (Bytes(bytes - '0') < 10) | (bytes == '_'));
    }

    // A number of up to eight digits without a leading zero, as one that compares like it; 0 for anything else.
    inline uint64_t comparable(const char* at, unsigned size) {
        uint64_t word;
        std::memcpy(&word, at, sizeof word);
        if (size - 1 > 7 || (*at == '0' && size > 1)) return 0;
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        unsigned shift = 64 - 8 * size;
        word >>= shift;
        const uint64_t zeros = 0x3030303030303030u >> shift, high = 0xF0F0F0F0F0F0F0F0u >> shift;
        return (word & high) == zeros && ((word + (0x0606060606060606u >> shift)) & high) == zeros ? word : 0;
    }

    // Length of a plain request (`foo`, `!foo-1.2`, `~foo-1.2+`, `foo-1+<2`) from `at` to the quote. 0: it takes
    // a closer look, because it is none, longer than 31, near the end or its limits do not differ in the first number.
    inline unsigned plain_request(const char* at, const char* end, char quote) {
        if (end - at < 48) return 0;
        unsigned sigil = (*at == '!') | (*at == '~');
        at += sigil;
        uint64_t word = 0, quotes = 0, dash = 0, plus = 0, less = 0, dot = 0;
        for (int half = 0; half < 32; half += 16) {
            Bytes bytes = load_bytes(at + half);
            word |= word_bits_16(bytes) << half;
            quotes |= bits_of(bytes == static_cast<std::uint8_t>(quote)) << half;
            dash |= bits_of(bytes == '-') << half;
            plus |= bits_of(bytes == '+') << half;
            less |= bits_of(bytes == '<') << half;
            dot |= bits_of(bytes == '.') << half;
        }
        if (!quotes) return 0;
        unsigned size = __builtin_ctzll(quotes);
        const uint64_t all = (uint64_t(1) << size) - 1, odd = ~word & all;
        const unsigned name = odd ? __builtin_ctzll(odd) : size;
        if (!name || (name == 11 && std::memcmp(at, "__pycache__", 11) == 0)) return 0;
        if (!odd) return sigil + size;
        dash &= all; plus &= all; less &= all; dot &= all;
        // a name, one dash, and then nothing but dots and at most one `+` or `+<`
        const uint64_t first = odd & (~odd + 1);
        if (dash != first || (odd ^ dash ^ plus ^ less ^ dot) || (plus & (plus - 1))) return 0;
        // no empty token: only `<` stands directly behind something
        const uint64_t behind = odd & (odd << 1), last = uint64_t(1) << (size - 1);
        if (behind != less || (less && less != plus << 1) || (odd & last & ~plus)) return 0;
        if (!less) return plus && plus != last ? 0 : sigil + size;
        const unsigned lower = name + 1, upper = __builtin_ctzll(less) + 1;
        const uint64_t ends = odd | (last << 1);
        const unsigned lower_size = __builtin_ctzll(ends >> lower), upper_size = __builtin_ctzll(ends >> upper);
        const uint64_t low = comparable(at + lower, lower_size), high = comparable(at + upper, upper_size);
        return low && low < high ? sigil + size : 0;
    }

    // What bytes a text has that it takes care with.
    struct Odd { bool high, nul, cr; };

    inline Odd odd_bytes(const char* at, size_t size) {
        std::uint8_t high = 0, nul = 0, cr = 0;
        for (size_t i = 0; i < size; ++i) {
            high |= static_cast<std::uint8_t>(at[i]);
            nul |= static_cast<std::uint8_t>(at[i] == 0);
            cr |= static_cast<std::uint8_t>(at[i] == '\\r');
        }
        return {high >= 0x80, nul != 0, cr != 0};
    }

    }
    #endif
    """
    cdef cppclass Stops "rezfast::Stops":
        Stops() noexcept nogil
        Stops(const char* at, const char* end) noexcept nogil
        const char* next() noexcept nogil
        void drop() noexcept nogil
        void move(const char* to) noexcept nogil

    cdef struct Odd "rezfast::Odd":
        bint high
        bint nul
        bint cr

    int indentation "rezfast::indentation"(const char* at, const char* end) noexcept nogil
    const char* text_stop "rezfast::text_stop"(const char* at, const char* end, bint triple) noexcept nogil
    int plain_text "rezfast::plain_text"(const char* at, const char* end, char quote) noexcept nogil
    unsigned int plain_request "rezfast::plain_request"(const char* at, const char* end, char quote) noexcept nogil
    Odd odd_bytes "rezfast::odd_bytes"(const char* at, size_t size) noexcept nogil
